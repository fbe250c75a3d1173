"""Parses the suite's steps and their numbers; a colon may stand at the end of a step.

People write a colon before a table, as in `Given the task "psi" has:`. Here it means nothing. A
step of an author's own is parsed by what it names itself, so its colon counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from pytest_bdd import parsers

from kuscia_conformance.errors import FeatureError

#: The largest number in the name of a task, and the largest in a manifest.
LARGEST, LARGEST_IN_MANIFEST = 100_000, 2**63 - 1
#: The least and the largest number for each placeholder that is a number, or several. A virtual
#: clock needs some real seconds for 10,000. No container ends with an exit code above 255.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "seconds": (0, 10_000),
    "later": (1, 10_000),
    "limit": (1, 10_000),
    "count": (1, 100),
    "room": (1, 1_000),
    "rooms": (0, 1_000),
    "code": (0, 255),
}


class re(parsers.re):  # noqa: N801 - named as pytest-bdd names it
    """Matches a step by a regular expression, with or without a colon at the end."""

    def is_matching(self, name: str) -> bool:
        return super().is_matching(_bare(name))

    def parse_arguments(self, name: str) -> dict[str, str] | None:
        return super().parse_arguments(_bare(name))


def _bare(name: str) -> str:
    return name.removesuffix(":").rstrip()


def number(text: str, largest: int = LARGEST) -> int:
    """Returns the whole number of a step. Raises FeatureError for one that is too large."""
    # Python refuses to read numbers of some thousand digits.
    if len(text) > len(str(largest)) or int(text) > largest:
        shown = text if len(text) < 20 else f"{text[:20]}…"
        raise FeatureError(f"the number {shown} is too large", hint=f"at most {largest:,}")
    return int(text)
