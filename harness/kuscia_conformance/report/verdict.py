"""The verdict: one word and one exit code for the results of all checks together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from kuscia_conformance.features.checks import strength
from kuscia_conformance.report.outcome import Result


@dataclass(frozen=True)
class Verdict:
    """A verdict with its exit code.

    0 conformant, 1 not conformant, 3 incomplete, 4 no verdict because the harness or the cluster
    failed.
    """

    word: str
    exit_code: int
    #: Whether the user left some checks out. A partial verdict is not a certificate.
    partial: bool = False

    def __str__(self) -> str:
        return f"{self.word} (partial, no certificate)" if self.partial else self.word


def judge(
    results: Collection[Result], *, interrupted: bool = False, partial: bool = False
) -> Verdict:
    """Returns the verdict on all results.

    A failed check makes an implementation not conformant, unless it is a SHOULD. Checks of optional
    features (level `extended:…`) never decide. Both are in the report.
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
