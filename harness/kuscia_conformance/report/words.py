"""The words and colours in which results are shown to people.

pass  green    the controller did what the check expects
fail  red      a MUST is not kept: not conformant
warn  yellow   a SHOULD is not kept
note  cyan     a MAY is not kept, or a provisional check failed: for information
error magenta  the check could not be carried out
skip  dim      the check does not apply, or was left out
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from kuscia_conformance.evidence.plan import PlannedCheck
from kuscia_conformance.evidence.results import Result

#: The words in the order in which they are shown, with their colours.
STYLES = {
    "pass": "green",
    "fail": "red",
    "warn": "yellow",
    "note": "cyan",
    "error": "magenta",
    "not run": "magenta",
    "skip": "bright_black",
}
_FAILED = {"SHOULD": "warn", "MAY": "note"}


def word_of(planned: PlannedCheck, result: Result | None) -> str:
    """Returns the word for a check's result, such as `warn` for a SHOULD that is not kept."""
    if not planned.applies:
        return "skip"
    if result is None or result.outcome == "skip":
        return "not run"
    if result.outcome != "fail":
        return result.outcome
    if planned.check.level == "provisional":
        return "note"
    return _FAILED.get(planned.strength, "fail")


def counts(checks: Sequence[PlannedCheck], results: Mapping[str, Result]) -> dict[str, int]:
    """Returns how many checks have each word; words of no check are left out."""
    found = Counter(word_of(planned, results.get(planned.check.id)) for planned in checks)
    return {word: found[word] for word in STYLES if found[word]}
