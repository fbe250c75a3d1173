"""Finds the mutants of a module: copies of its source with one small change each.

`definitions` finds mutants of the definition of KusciaTask, in the same form.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from random import Random

from tests.mutation.operators import OPERATORS, Edit

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reference_controller"
DEFINITIONS = ROOT / "fixtures" / "crds"
#: The modules without a rule of the specification: the process, its HTTP endpoints, its metrics
#: and the election of a leader. They have tests of their own, and a virtual run does not use them.
PROCESS = ("__main__", "server", "metrics", "endpoints", "leader", "lease")
#: The calls whose arguments are texts for people, or types.
_UNCHECKED_CALLS = frozenset({"debug", "info", "warning", "exception", "cast", "TypeVar", "field"})


@dataclass(frozen=True)
class Mutant:
    """A change of one place of a module, or of a definition."""

    #: The file, from the package or from `fixtures`: `kuscia_task/parties.py`,
    #: `crds/kusciatasks.yaml`.
    path: str
    line: int
    #: The functions and classes around the place: `Party.ports`.
    scope: str
    operator: str
    before: str
    after: str
    #: Where the changed text begins and ends, in bytes of the file.
    span: tuple[int, int]
    #: What the change is, where both texts would hide it: `without "image"`.
    says: str = ""
    #: Which of several changes that look the same, from 1.
    nth: int = 1

    @cached_property
    def id(self) -> str:
        """Names the mutant without its line, so that the name survives changes elsewhere."""
        again = f" #{self.nth}" if self.nth > 1 else ""
        change = _short(self.says) or f"{_short(self.before)} → {_short(self.after)}"
        return f"{self.path} {self.scope or 'module'} {self.operator}: {change}{again}"

    def source(self) -> bytes:
        """Returns the source of the changed file."""
        whole = file_of(self.path).read_bytes()
        start, end = self.span
        return whole[:start] + self.after.encode() + whole[end:]


def file_of(path: str) -> Path:
    """Returns the original file of a mutant's path."""
    return DEFINITIONS.parent / path if path.endswith(".yaml") else PACKAGE / path


def _short(text: str, most: int = 150) -> str:
    one_line = " ".join(text.split())
    if len(one_line) <= most:
        return one_line
    return f"{one_line[: most // 2]}…{one_line[-most // 2 :]}"


def modules() -> list[Path]:
    """Returns the modules that are mutated."""
    files = sorted(PACKAGE.rglob("*.py"))
    return [file for file in files if file.stem not in PROCESS]


@cache
def all_mutants() -> Sequence[Mutant]:
    """Returns every mutant of a module, by file and line; takes seconds."""
    return [mutant for file in modules() for mutant in mutants_of(file)]


def sample(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """Returns so many of the mutants, the same ones for the same seed, in random order."""
    return Random(seed).sample(mutants, min(count, len(mutants)))


def mutants_of(file: Path) -> list[Mutant]:
    """Returns the mutants of one file that can be compiled, by line."""
    source = file.read_bytes()
    path = file.relative_to(PACKAGE).as_posix()
    seen: Counter[str] = Counter()
    found = []
    for node, scope in _places(ast.parse(source)):
        for operator in OPERATORS:
            for edit in operator(node):
                mutant = _mutant(source, path, scope, operator.__name__, edit)
                seen[mutant.id] += 1
                found.append(_numbered(mutant, seen[mutant.id]))
    return sorted(filter(_compiles, found), key=lambda mutant: (mutant.line, mutant.id))


def _mutant(source: bytes, path: str, scope: str, operator: str, edit: Edit) -> Mutant:
    last = edit.last or edit.first
    start = _offset(source, edit.first.lineno, edit.first.col_offset)
    end = _offset(source, last.end_lineno or 0, last.end_col_offset or 0)
    before = source[start:end].decode()
    place = (start, end)
    return Mutant(path, edit.first.lineno, scope, operator, before, edit.text, place, edit.says)


def _numbered(mutant: Mutant, nth: int) -> Mutant:
    return replace(mutant, nth=nth) if nth > 1 else mutant


def _offset(source: bytes, line: int, column: int) -> int:
    return sum(map(len, source.splitlines(keepends=True)[: line - 1])) + column


def _compiles(mutant: Mutant) -> bool:
    try:
        compile(mutant.source(), mutant.path, "exec")
    except SyntaxError:
        return False
    return True


def _places(node: ast.AST, scope: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Yields the nodes whose change may change what the controller does, with their scopes."""
    yield node, scope
    for child in _children(node):
        if not _is_unchecked(child, node):
            name = getattr(child, "name", "") if isinstance(child, _SCOPES) else ""
            yield from _places(child, ".".join(filter(None, (scope, name))))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the child nodes; of the members of an enumeration only their values.

    What stands beside a value explains it to readers, such as the remedies in `reasons.py`.
    """
    is_enumeration = isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases
    )
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Assign(value=ast.Tuple(elts=[value, *_])) if is_enumeration:
                yield value
            case _:
                yield child


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _is_unchecked(node: ast.AST, parent: ast.AST) -> bool:
    """Says whether the node is a docstring, an annotation, an import, a log message or a type.

    The argument `why` of `do` is logged.
    """
    match node:
        case ast.keyword(arg="why"):
            return True
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if (
            name in _UNCHECKED_CALLS
        ):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Assign(value=ast.Subscript()) if isinstance(parent, ast.Module):
            return True  # the name of a type
    within = (getattr(parent, name, None) for name in ("annotation", "returns"))
    return node in within or _is_decorator(node, parent) or _is_part_of_text(node, parent)


def _is_decorator(node: ast.AST, parent: ast.AST) -> bool:
    return node in getattr(parent, "decorator_list", ())


def _is_part_of_text(node: ast.AST, parent: ast.AST) -> bool:
    """Says whether this is the constant part of an f-string, which has no place of its own."""
    return isinstance(parent, ast.JoinedStr) and isinstance(node, ast.Constant)
