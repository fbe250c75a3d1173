"""The version of an object that comes nearest to an expected document, for the text of a failure.

The newest version is often a later state of the object, with nearly every field wrong. The nearest
one shows what was wrong when the object was in the state that the document describes. Versions in
the phase that the document names are nearer than all others: a task that is about to succeed may
have fewer wrong fields than the same task after it has succeeded without one of its entries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kuscia_conformance import documents
from kuscia_conformance.documents import Context, Mismatch
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.scenario.timeline import seconds

#: Where the phase is, in a status and in a whole object.
PHASES = (("phase",), ("status", "phase"))


@dataclass(frozen=True)
class Compared:
    """One version of an object, compared with a document that has so many fields."""

    version: Version
    mismatches: Sequence[Mismatch]
    fields: int

    @property
    def is_elsewhere(self) -> bool:
        """Whether the object is in another phase than the document says, or has no status."""
        wrong = [mismatch.path for mismatch in self.mismatches]
        return any(phase[: len(path)] == path for phase in PHASES for path in wrong)

    @property
    def wrong(self) -> int:
        return min(sum(mismatch.fields for mismatch in self.mismatches), self.fields)

    @property
    def right(self) -> int:
        return self.fields - self.wrong


@dataclass(frozen=True)
class Nearest:
    """The nearest of the versions of an object; the newest of them, if several are as near."""

    shown: Compared
    newest: Compared
    count: int

    def where(self, start: datetime) -> str:
        """Returns which version is shown, in seconds since `start`, and how near it comes."""
        shown, newest = self.shown, self.newest
        at = f"{seconds(shown.version, start):+.2f} s"
        right = f"{shown.right} of {shown.fields} fields are right"
        if shown is newest:
            which = "the only one" if self.count == 1 else f"the newest of {self.count}"
            return f"shown: the version at {at}, {which} since the last step: {right}"
        which = f"the nearest of {self.count} since the last step"
        last = f"in the newest, at {seconds(newest.version, start):+.2f} s, {newest.right}"
        return f"shown: the version at {at}, {which}: {right} ({last})"


def nearest(
    document: Any, versions: Sequence[Version], part: Callable[[Version], Any], context: Context
) -> Nearest | None:
    """Returns the version in the right phase with the fewest wrong fields; None without versions.

    `part` returns what of a version the document describes, such as its status.
    """
    whole = documents.fields(document)
    compared = [
        Compared(version, documents.compare(document, part(version), context), whole)
        for version in versions
    ]
    if not compared:
        return None
    shown = min(reversed(compared), key=lambda each: (each.is_elsewhere, each.wrong))
    return Nearest(shown, compared[-1], len(compared))
