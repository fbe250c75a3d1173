"""The result of one check, in `checks/AREA/CHECK/result.json` of the results folder.

    outcome  meaning                                         reason
    pass     the controller did what the check expects
    fail     the controller did not                          "", `exited`: the controller has,
                                                             or `teardown`: objects remain
    error    the check could not be carried out              `author`, `harness` or `cluster`
    skip     the check was left out                          why, as pytest says it

A check that does not apply, according to the plan, has the outcome `skip`, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from kuscia_conformance.errors import UsageError
from kuscia_conformance.evidence.files import folder_of, read_json, write_json
from kuscia_conformance.evidence.shapes import require_shape
from kuscia_conformance.features.checks import Check

FILE = "result.json"
OUTCOMES = ("pass", "fail", "error", "skip")
#: A mismatch stays one, whatever fails after it. Objects remain for many reasons, an earlier error
#: among them.
_WORSE = ("pass", "skip", "fail teardown", "error", "fail")


@dataclass(frozen=True)
class Result:
    """What one check found; `seconds` is how long it took by the machine's clock."""

    check: str
    outcome: str
    reason: str = ""
    text: str = ""
    seconds: float = 0
    #: pass, fail or undecided, for each requirement that the check claims.
    requirements: Mapping[str, str] = field(default_factory=dict)
    #: The name of the run that the result belongs to, as in its plan.
    run: str = ""

    def then(self, later: Result) -> Result:
        """Returns one result for two phases of a check, such as call and teardown.

        It has the worse outcome with its reason and text, and the time of both.
        """
        worse = max(self, later, key=_badness)
        both = {**self.requirements, **later.requirements}
        return replace(worse, seconds=self.seconds + later.seconds, requirements=both)


def _badness(result: Result) -> int:
    remains = result.outcome == "fail" and result.reason == "teardown"
    return _WORSE.index("fail teardown" if remains else result.outcome)


def write_result(out: Path, check: Check, result: Result) -> None:
    """Writes the result of the check. Raises HarnessError if that is not possible."""
    write_json(folder_of(out, check) / FILE, asdict(result))


def read_result(out: Path, check: Check) -> Result | None:
    """Returns the result of the check; None if the check has none.

    Raises UsageError if the file is not the result of that check.
    """
    path = folder_of(out, check) / FILE
    data = read_json(path)
    if data is None:
        return None
    require_shape(data, Result, path, "the result of a check")
    result = Result(**data)
    if result.check != check.id:
        raise UsageError(f"{path}: this is not the result of {check.id}, but of {result.check!r}")
    if result.outcome not in OUTCOMES:
        raise UsageError(f"{path}: {result.outcome!r} is no outcome: {', '.join(OUTCOMES)}")
    return result


def by_check(results: Iterable[Result | None]) -> dict[str, Result]:
    return {result.check: result for result in results if result is not None}
