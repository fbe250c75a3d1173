"""Feature files as pytest modules: each scenario a test named by its id, without any Python file.

What cannot work is refused here, before anything is started: a scenario without an id,
an unknown tag, a step that nobody has defined, a document that does not load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_bdd.exceptions import FeatureError as GherkinError
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature, Scenario, ScenarioTemplate, Step
from pytest_bdd.scenario import _get_scenario_decorator
from pytest_bdd.steps import step_function_context_registry

from harness.checks import Check, check_from_tags
from harness.errors import FeatureError, UsageError
from harness.files import FixtureFiles

CHECK = pytest.StashKey[Check]()


class FeatureFile(pytest.Module):
    """One feature file."""

    def _getobj(self) -> ModuleType:
        try:
            return _module(self.path)
        except UsageError as error:
            raise self.CollectError(str(error)) from error

    def funcnamefilter(self, name: str) -> bool:  # noqa: ARG002
        return True

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        for item in super().collect():
            if isinstance(item, pytest.Function):
                row = item.callspec.id if hasattr(item, "callspec") else None
                item.stash[CHECK] = item.obj.checks[row]
            yield item


def _module(path: Path) -> ModuleType:
    feature = _parse(path)
    module = ModuleType(path.stem)
    for template in feature.scenarios.values():
        checks = dict(_checks(path, feature, template))
        name = next(iter(checks.values())).id.partition("#")[0]
        if hasattr(module, name):
            raise FeatureError(f"{path}:{template.line_number}: @id:{name} is used twice")
        for scenario in _rows(template):
            _examine(path, scenario)
        setattr(module, name, _function(feature, template, checks))
    return module


def _parse(path: Path) -> Feature:
    try:
        return get_feature(str(path.parent), path.name)
    except (GherkinError, GherkinParseError) as error:
        raise FeatureError(f"{path}: this is no Gherkin: {error}") from error
    except UnicodeDecodeError as error:
        raise FeatureError(f"{path}: not UTF-8: {error}") from error


def _checks(
    path: Path, feature: Feature, template: ScenarioTemplate
) -> Iterator[tuple[str | None, Check]]:
    tags = feature.tags | template.tags | (template.rule.tags if template.rule else set())
    facts: dict[str, Any] = {
        "feature": path,
        "line": template.line_number,
        "title": template.name,
    }
    if not template.examples:
        yield None, check_from_tags(tags, **facts)
    for examples in template.examples:
        for row in examples.as_contexts():
            if "id" not in row:
                where = f"{path}:{examples.line_number}"
                raise FeatureError(f"{where}: Examples need a column 'id', which names each row")
            yield row["id"], check_from_tags(tags | examples.tags, row=row["id"], **facts)


def _rows(template: ScenarioTemplate) -> list[Scenario]:
    contexts = [row for examples in template.examples for row in examples.as_contexts()]
    return [template.render(context) for context in contexts or [{}]]


def _function(
    feature: Feature, template: ScenarioTemplate, checks: dict[str | None, Check]
) -> Callable[..., Any]:
    decorate = _get_scenario_decorator(feature, feature.filename, template, template.name)
    function: Any = decorate(lambda: None)
    rows = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    function.pytestmark = [pytest.mark.usefixtures("scenario").mark]
    for mark in rows:
        contexts = [example.values[0] for example in mark.args[1]]
        ids = [context["id"] for context in contexts]
        parametrize = pytest.mark.parametrize(mark.args[0], contexts, ids=ids)
        function.pytestmark.append(parametrize.mark)
    plain = {check.level for check in checks.values()} & {"core", "provisional"}
    plain |= {"exclusive"} if any(check.exclusive for check in checks.values()) else set()
    function.pytestmark += [getattr(pytest.mark, word).mark for word in sorted(plain)]
    function.checks = checks
    found: Callable[..., Any] = function
    return found


_FILE = re.compile(r'"([^"]+\.ya?ml)"')


def _examine(path: Path, scenario: Scenario) -> None:
    """Refuse steps that nobody has defined, and files that are missing or do not load."""
    files = FixtureFiles(path)
    for step in scenario.steps:
        if not _is_defined(step):
            raise _undefined(path, step)
        for name in _FILE.findall(step.name):
            files.examine(name, f"{path}:{step.line_number}")


def _definitions(step: Step) -> Iterator[Any]:
    for context in step_function_context_registry.values():
        if context.type in (None, step.type):
            yield context


def _is_defined(step: Step) -> bool:
    return any(context.parser.is_matching(step.name) for context in _definitions(step))


def _undefined(path: Path, step: Step) -> FeatureError:
    known = sorted({context.parser.name for context in _definitions(step)})
    near = get_close_matches(step.name, known, n=3, cutoff=0.4)
    hint = (
        "close to it: " + " · ".join(near) if near else "the steps are listed in features/README.md"
    )
    text = f"{path}:{step.line_number}: no such step: {step.keyword.strip()} {step.name}"
    return FeatureError(text, hint=hint)
