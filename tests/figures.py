"""`python -m tests.figures` prints the sizes of rooms, files and functions of the product.

A room is a folder of the product. It has at most 18 entries; `__init__`, `__main__`, `py.typed`,
data and READMEs do not count. A file has at most 400 lines. The median function has at most 7
lines, nine in ten functions have at most 16, and no function takes more than six parameters.
`tests/test_figures.py` checks these limits.
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
    """The measured sizes, and the places that exceed the limits."""

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
    """Returns the Python files of the product."""
    return sorted([*PRODUCT.rglob("*.py"), *REFERENCE.rglob("*.py")])


def rooms() -> Iterator[tuple[str, int]]:
    """Yields each room with its number of entries; rooms of the reference controller are exempt."""
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
    """Tells whether the function is a click command, whose options are its parameters."""
    return any("click" in ast.unparse(each) for each in function.decorator_list)


def measure() -> Figures:
    """Returns the figures of the product."""
    found = [pair for path in sources() for pair in functions(path)]
    lengths = [length(function) for _, function in found]
    sizes = {path: len(path.read_text().splitlines()) for path in sources()}
    entries = dict(rooms())
    wide = [
        f"{where} ({parameters(function)})"
        for where, function in found
        if parameters(function) > PARAMETERS
        and not where.startswith(REFERENCE.name)  # the reference controller is exempt
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
