"""The verdict: what the results of all checks come to, in one word and one exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from kuscia_conformance.features.checks import strength
from kuscia_conformance.report.outcome import Result


@dataclass(frozen=True)
class Verdict:
    """conformant (0), not conformant (1), incomplete (3), or failed for the harness's part (4)."""

    word: str
    exit_code: int
    #: Some checks were left out on request: whatever the word, it certifies nothing.
    partial: bool = False

    def __str__(self) -> str:
        return f"{self.word} (partial, no certificate)" if self.partial else self.word


def judge(
    results: Collection[Result], *, interrupted: bool = False, partial: bool = False
) -> Verdict:
    """Only a MUST that failed makes an implementation not conformant; SHOULDs are reported.

    So are the checks of optional features, whatever becomes of them.
    """
    deciding = [result for result in results if not _is_optional(result)]
    outcomes = Counter(result.outcome for result in deciding)
    if any(result.outcome == "fail" and strength(result.check) != "SHOULD" for result in deciding):
        return Verdict("not conformant", 1, partial)
    if outcomes["error"]:
        return Verdict("no verdict: the harness or the cluster failed", 4, partial)
    if interrupted or not results:
        return Verdict("incomplete", 3, partial)
    if not partial and any(_is_skipped_core(result) for result in results):
        return Verdict("incomplete: core checks were skipped", 3)
    return Verdict("conformant", 0, partial)


def _is_optional(result: Result) -> bool:
    return result.check.level.startswith("extended:")


def _is_skipped_core(result: Result) -> bool:
    skipped = result.outcome == "skip" and result.reason != "not-applicable"
    return skipped and result.check.level == "core"
