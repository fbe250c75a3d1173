"""The verdict: one word and one exit code, from the plan, the results and the ending of a run.

The first row that applies decides. `reasons` name every row that applies.

    code  word             when
    1     not conformant   a check that decides has failed, or the controller exited on its own
    2     no verdict       a feature, a document or an option is wrong
    4     no verdict       the harness or the cluster failed
    3     incomplete       a planned check has no result, or the run was interrupted
    0     partial: …       all chosen checks were decided; others were left out
    0     conformant       all checks were decided, and those that decide have passed

A check decides if it applies, if it covers a MUST, or no requirement at all, and if it is not
provisional.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kuscia_conformance.evidence.ending import Ending
from kuscia_conformance.evidence.plan import Plan, PlannedCheck
from kuscia_conformance.evidence.results import Result

#: The words of the exit codes.
WORDS = {
    0: "conformant",
    1: "not conformant",
    2: "no verdict",
    3: "incomplete",
    4: "no verdict",
}
_PRECEDENCE = (1, 2, 4, 3)
#: The exit codes of errors that belong to no check, by their causes; 4 for the others.
_CODES = {"controller": 1, "author": 2}


@dataclass(frozen=True)
class Verdict:
    """A verdict with its exit code, and a text for everything that speaks against conformance."""

    word: str
    exit_code: int
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.word}: {'; '.join(self.reasons)}" if self.reasons else self.word


def judge(plan: Plan | None, results: Mapping[str, Result], ending: Ending) -> Verdict:
    """Returns the verdict on a run. `results` has the results by the ids of the checks.

    `plan` is None if the run ended before it had one, or if it is lost; then nothing is conformant.
    """
    against = [*_against(plan, results, ending)]
    codes = {code for code, _ in against}
    code = next((code for code in _PRECEDENCE if code in codes), 0)
    word = WORDS[code]
    if code == 0 and plan is not None and plan.partial:
        word = _partial(plan, results)
    in_order = sorted(against, key=lambda pair: _PRECEDENCE.index(pair[0]))
    return Verdict(word, code, tuple(text for _, text in in_order))


def _partial(plan: Plan, results: Mapping[str, Result]) -> str:
    passed = sum(results[each.check.id].outcome == "pass" for each in plan.applying)
    return f"partial: {passed} of {len(plan.applying)} checks pass, no certificate"


def _against(
    plan: Plan | None, results: Mapping[str, Result], ending: Ending
) -> Iterator[tuple[int, str]]:
    """Yields an exit code and a text for everything that speaks against conformance."""
    for failure in ending.failures:
        yield _CODES.get(failure.cause, 4), failure.text.partition("\n")[0]
    if ending.interrupted:
        yield 3, ending.interrupted
    if plan is None:
        if not ending.failures:
            yield 3, "the run ended before its first check"
    elif not plan.applying:
        yield 3, "no check applies here"
    else:
        yield from _against_checks(plan.applying, results)


def _against_checks(
    checks: Sequence[PlannedCheck], results: Mapping[str, Result]
) -> Iterator[tuple[int, str]]:
    found = [(planned, results.get(planned.check.id)) for planned in checks]
    failed = [p for p, result in found if p.decides and _is(result, "fail")]
    absent = [p for p, result in found if result is None or result.outcome == "skip"]
    if failed:
        yield 1, f"{count(failed)} failed"
    for cause, code in (("author", 2), ("harness", 4), ("cluster", 4)):
        if wrong := [p for p, result in found if _is(result, "error", cause) and _counts(p)]:
            yield code, f"{count(wrong)} ended in an error of the {cause}"
    if absent:
        yield 3, f"{len(absent)} of {count(checks)} {'were' if len(absent) > 1 else 'was'} not run"


def _is(result: Result | None, outcome: str, cause: str | None = None) -> bool:
    return result is not None and result.outcome == outcome and cause in (None, result.reason)


def _counts(planned: PlannedCheck) -> bool:
    """Whether an error in the check counts: a provisional check never decides."""
    return planned.check.level != "provisional"


def count(checks: Sequence[PlannedCheck]) -> str:
    """Returns the number of checks in words, such as `1 check`."""
    return f"{len(checks)} check{'s' if len(checks) != 1 else ''}"
