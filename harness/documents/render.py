"""Mismatches as a table for people: path, expected, actual, who wrote it last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.documents.compare import Mismatch
from harness.documents.paths import Path, path_text

HEADINGS = ("path", "expected", "actual", "last written")
#: The longest value that is shown whole; of a longer one, both ends.
WIDEST = 60


def render(
    mismatches: Sequence[Mismatch],
    writer: Callable[[Path], str] = lambda _: "–",
    *,
    widest: int = WIDEST,
) -> str:
    """The table; `writer` says of a path who wrote its value last."""
    rows = [
        (path_text(m.path), m.expected, m.actual, writer(m.path) if m.actual != "absent" else "–")
        for m in mismatches
    ]
    cells = [(*(_cut(cell, widest) for cell in row[:3]), row[3]) for row in (HEADINGS, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    return "\n".join(_line(row, widths) for row in cells)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cut(text: str, widest: int) -> str:
    line = text.replace("\n", "\\n")
    if len(line) <= widest:
        return line
    half = (widest - 3) // 2
    return f"{line[: widest - 3 - half]} … {line[-half:]}"
