"""The parser of the suite's steps: a regular expression, behind which a colon may stand.

People write a colon before a table, as in `Given the task "psi" has:`. Here it means nothing. A
step of an author's own is parsed by what it names itself, so its colon counts.
"""

from __future__ import annotations

from pytest_bdd import parsers


class re(parsers.re):  # noqa: N801 - named as pytest-bdd names it
    """Matches a step by a regular expression, with or without a colon at the end."""

    def is_matching(self, name: str) -> bool:
        return super().is_matching(_bare(name))

    def parse_arguments(self, name: str) -> dict[str, str] | None:
        return super().parse_arguments(_bare(name))


def _bare(name: str) -> str:
    return name.removesuffix(":").rstrip()
