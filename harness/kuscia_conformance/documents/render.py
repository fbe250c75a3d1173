"""Shows mismatches as a table for people: path, expected, actual, who wrote the value last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kuscia_conformance.documents.compare import Mismatch
from kuscia_conformance.documents.paths import Path, path_text

HEADINGS = ("path", "expected", "actual", "last written")
#: The longest value that is shown whole, in characters; of a longer one, both ends are shown.
WIDEST = 60


def render(
    mismatches: Sequence[Mismatch],
    writer: Callable[[Path], str] | None = None,
    *,
    widest: int = WIDEST,
) -> str:
    """Returns the table; `writer` returns who wrote the value at a path last.

    Without a writer, the table has no such column. Values longer than `widest` characters are cut
    in the middle. Paths are never cut.
    """
    rows = [
        (
            path_text(mismatch.path),
            _cut(mismatch.expected, widest),
            _cut(mismatch.actual, widest),
            *([_written(mismatch, writer)] if writer else []),
        )
        for mismatch in mismatches
    ]
    lines = [HEADINGS if writer else HEADINGS[:3], *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(line, widths) for line in lines)


def _written(mismatch: Mismatch, writer: Callable[[Path], str]) -> str:
    return writer(mismatch.path) if mismatch.actual != "absent" else "–"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cut(text: str, widest: int) -> str:
    line = text.replace("\n", "\\n")
    if len(line) <= widest:
        return line
    half = (widest - 3) // 2
    return f"{line[: widest - 3 - half]} … {line[-half:]}"
