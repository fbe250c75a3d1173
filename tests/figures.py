"""`python -m tests.figures` prints how the product is laid out, and what is larger than agreed.

Rooms have at most 18 entries; `__init__`, `__main__`, `py.typed`, data and READMEs do not count.
Files have at most 400 lines. Of the functions the median has at most 7 lines, nine in ten have at
most 16, and none takes more than six parameters. `tests/test_figures.py` holds the product to it.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRODUCT = ROOT / "harness" / "kuscia_conformance"
REFERENCE = ROOT / "reference_controller"
ENTRIES, LINES, MEDIAN, NINTH, PARAMETERS = 18, 400, 7, 16, 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Figures:
    """What was measured, and where it is more than agreed."""

    files: int
    lines: int
    functions: int
    median: float
    ninth: float
    crowded: tuple[str, ...]
    large: tuple[str, ...]
    #: Functions with too many parameters.
    wide: tuple[str, ...]
    #: The largest room and the longest file.
    largest: str
    longest: str

    def __str__(self) -> str:
        return (
            f"{self.files} files, {self.lines} lines, {self.functions} functions: "
            f"median {self.median:g} lines, nine in ten up to {self.ninth:g}\n"
            f"largest room: {self.largest}; longest file: {self.longest}\n"
            f"crowded rooms: {', '.join(self.crowded) or 'none'}\n"
            f"large files: {', '.join(self.large) or 'none'}\n"
            f"more than {PARAMETERS} parameters: {', '.join(self.wide) or 'none'}"
        )


def sources() -> list[Path]:
    """The product's Python files."""
    return sorted([*PRODUCT.rglob("*.py"), *REFERENCE.rglob("*.py")])


def rooms() -> Iterator[tuple[str, int]]:
    """Each room with the number of its entries; the reference controller's stay as they are."""
    for folder in sorted({path.parent for path in PRODUCT.rglob("*.py")}):
        modules = [path for path in folder.glob("*.py") if not path.name.startswith("__")]
        inner = [path for path in folder.glob("*/__init__.py") if path.parent.name != "data"]
        yield folder.relative_to(PRODUCT.parent).as_posix(), len(modules) + len(inner)


def functions(path: Path) -> Iterator[tuple[str, Function]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: Function) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def is_declared_by_a_library(function: Function) -> bool:
    """Whether its decorators make a command or a step of it, whose options are parameters."""
    return any("click" in ast.unparse(each) for each in function.decorator_list)


def measure() -> Figures:
    """Returns the figures of the product as it lies here."""
    found = [pair for path in sources() for pair in functions(path)]
    lengths = [length(function) for _, function in found]
    sizes = {path: len(path.read_text().splitlines()) for path in sources()}
    entries = dict(rooms())
    wide = [
        f"{where} ({parameters(function)})"
        for where, function in found
        if parameters(function) > PARAMETERS
        and not where.startswith(REFERENCE.name)  # it stays as it is
        and not is_declared_by_a_library(function)
    ]
    longest, largest = max(sizes, key=sizes.__getitem__), max(entries, key=entries.__getitem__)
    return Figures(
        files=len(sizes),
        lines=sum(sizes.values()),
        functions=len(found),
        median=statistics.median(lengths),
        ninth=statistics.quantiles(lengths, n=10)[-1],
        crowded=tuple(f"{name} ({count})" for name, count in entries.items() if count > ENTRIES),
        large=tuple(f"{path.relative_to(ROOT)}" for path, count in sizes.items() if count > LINES),
        wide=tuple(wide),
        largest=f"{largest} ({entries[largest]} entries)",
        longest=f"{longest.relative_to(ROOT)} ({sizes[longest]} lines)",
    )


if __name__ == "__main__":
    sys.stdout.write(f"{measure()}\n")
