"""Feature files as pytest modules: each scenario is a test named by its id, without a Python file.

A feature with mistakes (`lint.examine` finds them) is refused here, before a cluster is
started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_bdd.parser import Feature, ScenarioTemplate
from pytest_bdd.scenario import _get_scenario_decorator

from kuscia_conformance.errors import FeatureError, MissingDocument, UsageError
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.schemas import STATUS
from kuscia_conformance.features.selection import row_name
from kuscia_conformance.lint.examine import examine
from kuscia_conformance.steps import definitions

CHECK = pytest.StashKey[Check]()
#: The check with its steps.
CASE = pytest.StashKey[Case]()
#: Whether `--update` is set. Then a missing status document does not count as a mistake.
UPDATING = pytest.StashKey[bool]()
#: The patterns of `--only`; empty if all checks are to run.
ONLY = pytest.StashKey[Sequence[str]]()


class FeatureFile(pytest.Module):
    """The pytest module of one feature file; the file needs no Python module beside it."""

    def _getobj(self) -> ModuleType:
        stash = self.config.stash
        try:
            return _module(self.path, stash.get(ONLY, ()), updating=stash.get(UPDATING, False))
        except UsageError as error:
            raise self.CollectError(str(error)) from error

    def funcnamefilter(self, name: str) -> bool:  # noqa: ARG002
        return True

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        for item in super().collect():
            if isinstance(item, pytest.Function):
                row = item.callspec.id if hasattr(item, "callspec") else None
                item.stash[CASE] = case = item.obj.cases[row]
                item.stash[CHECK] = case.check
            yield item


def _module(path: Path, only: Sequence[str], *, updating: bool) -> ModuleType:
    text = examine(path, definitions(), only)
    problems = [problem for problem in text.problems if not (updating and _comes(problem))]
    if text.parsed is None or problems:
        raise FeatureError("\n".join(str(problem) for problem in problems))
    module = ModuleType(path.stem)
    for template in text.parsed.scenarios.values():
        own = [case for case in text.cases if case.template is template]
        cases = {case.row and row_name(case.row): case for case in own}
        name = next(iter(cases.values())).check.id.partition("#")[0]
        setattr(module, name, _function(text.parsed, template, cases))
    return module


def _comes(problem: UsageError) -> bool:
    """Returns whether the problem is a missing status document, which `--update` will write."""
    return isinstance(problem, MissingDocument) and STATUS in problem.message


def _function(
    feature: Feature, template: ScenarioTemplate, cases: dict[str | None, Case]
) -> Callable[..., Any]:
    # pytest-bdd would make marks of the tags of Examples; `features.checks` has read them.
    bare = copy(template)
    bare.examples = [replace(each, tags=set()) for each in template.examples]
    decorate = _get_scenario_decorator(feature, feature.filename, bare, template.name)
    function: Any = decorate(lambda: None)
    rows = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    function.pytestmark = [pytest.mark.usefixtures("scenario").mark]
    for mark in rows:
        contexts = [example.values[0] for example in mark.args[1]]
        ids = [context["id"] for context in contexts]
        parametrize = pytest.mark.parametrize(mark.args[0], contexts, ids=ids)
        function.pytestmark.append(parametrize.mark)
    checks = [case.check for case in cases.values()]
    plain = {check.level for check in checks} & {"core", "provisional"}
    plain |= {"exclusive"} if any(check.exclusive for check in checks) else set()
    function.pytestmark += [getattr(pytest.mark, word).mark for word in sorted(plain)]
    function.cases = cases
    found: Callable[..., Any] = function
    return found


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Returns the items with the checks that run alone at the end.

    Checks with plain names are spread evenly among them: Kubernetes needs seconds to delete the
    namespaces of one such check, and the next one needs the same names.
    """
    plain, killing, together = list[pytest.Item](), list[pytest.Item](), list[pytest.Item]()
    for item in items:
        check = item.stash.get(CHECK, None)
        group = together if check is None or not check.alone else killing
        (plain if check and check.exclusive else group).append(item)
    places = [
        ((i + 0.5) / len(group), item) for group in (plain, killing) for i, item in enumerate(group)
    ]
    return [*together, *(item for _, item in sorted(places, key=lambda place: place[0]))]
