"""Looks for mutants that break requirements of which too few wrong controllers are known.

A mutant runs only with the checks of one requirement. Those come first that change a word of what
the requirement owns, then those whose lines few other checks execute: they are the likeliest to
break just that requirement.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from kuscia_conformance.features.checks import requirements as catalogue
from kuscia_conformance.features.reader import cases_in, suite_features
from tests.mutation.definitions import definition_mutants
from tests.mutation.forks import Finding, Forks, suite_run, survey
from tests.mutation.guards import ENOUGH, Kill, counted, kills_of
from tests.mutation.lines import Executed
from tests.mutation.mutants import Mutant, all_mutants
from tests.mutation.results import Likely


@dataclass(frozen=True)
class Attempt:
    """A mutant that runs with the checks of one requirement."""

    mutant: Mutant
    requirement: str
    checks: frozenset[str]

    @property
    def id(self) -> str:
        return self.mutant.id

    @property
    def path(self) -> str:
        return self.mutant.path

    def source(self) -> bytes:
        return self.mutant.source()


def lost(kills: Iterable[Kill]) -> list[Kill]:
    """Runs each mutant with the check that is said to kill it; returns those that pass it."""
    mutants = {mutant.id: mutant for mutant in (*all_mutants(), *definition_mutants())}
    wanted = {kill.name: kill for kill in kills if kill.is_mutant}
    attempts = [
        Attempt(mutants[k.name], k.requirement, frozenset({k.check})) for k in wanted.values()
    ]
    left = dict(wanted)

    def found(finding: Finding) -> None:
        if wanted[finding.mutant] in kills_of(finding):
            del left[finding.mutant]

    def order(attempt: Attempt, _checks: Sequence[str]) -> Sequence[str]:
        return sorted(attempt.checks)

    with TemporaryDirectory(prefix="mutation-") as folder:
        survey(Forks(suite_run(Path(folder)), attempts, order, found, workers=1))
    return list(left.values())


@dataclass
class Search:
    """Runs mutants for each requirement, until it has enough or `most` were tried for it."""

    executed: Executed
    likely: Likely
    kills: list[Kill]
    found: Callable[[Finding], None]
    most: int = 40

    def run(self, requirements: Sequence[str]) -> None:
        """Looks for mutants. Calls `found` with each that a check of a requirement kills."""
        with TemporaryDirectory(prefix="mutation-") as folder:
            run = suite_run(Path(folder))
            attempts = self._attempts(requirements)
            survey(Forks(run, attempts, self._order, self._learn, workers=1))

    def _order(self, attempt: Attempt, checks: Sequence[str]) -> Sequence[str]:
        chosen = [check for check in checks if check in attempt.checks]
        return self.likely.order(attempt.mutant, chosen)

    def _learn(self, finding: Finding) -> None:
        self.kills += kills_of(finding)
        self.found(finding)

    def _attempts(self, requirements: Sequence[str]) -> Iterator[Attempt]:
        covering = _checks_by_requirement()
        mutants = [*all_mutants(), *definition_mutants()]
        reached = {mutant.id: frozenset(self.executed.checks_of(mutant)) for mutant in mutants}
        for name in requirements:
            checks = frozenset(covering[name])
            words = _words(" ".join(catalogue()[name].owns))
            for mutant in _promising(mutants, reached, checks, words)[: self.most]:
                if counted(self.kills)[name] >= ENOUGH:
                    break
                yield Attempt(mutant, name, checks & reached[mutant.id])


def _checks_by_requirement() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for check in (case.check for path in suite_features() for case in cases_in(path)):
        for name in check.requirements:
            found[name].add(check.id)
    return found


def _promising(
    mutants: Sequence[Mutant],
    reached: Mapping[str, frozenset[str]],
    checks: frozenset[str],
    words: frozenset[str],
) -> list[Mutant]:
    """Returns the mutants that the checks execute, the most promising first.

    Equals are in random order, the same each time.
    """
    mixed = Random(1).sample(mutants, len(mutants))
    found = [mutant for mutant in mixed if reached[mutant.id] & checks]
    share = {each.id: len(reached[each.id] & checks) / len(reached[each.id]) for each in found}
    named = {each.id: bool(words & _words_of(each)) for each in found}
    return sorted(found, key=lambda mutant: (not named[mutant.id], -share[mutant.id]))


#: The words of patterns that say little about where a requirement is kept.
_COMMON = frozenset({"status", "spec", "metadata", "pod", "pods", "rules", "type", "phase"})


def _words_of(mutant: Mutant) -> frozenset[str]:
    """Returns the names in the changed text and around it. A definition decides on refusals."""
    refuses = "refusal" if mutant.path.endswith(".yaml") else ""
    return _words(f"{mutant.scope} {mutant.before} {refuses}")


def _words(text: str) -> frozenset[str]:
    """Returns the names in a text, such as `completionTime`."""
    return frozenset(re.findall(r"[A-Za-z]{3,}", text)) - _COMMON
