"""The kinds of small changes that make a mutant of a module.

Each operator takes a node of the syntax tree and yields edits: the node to replace, and the text to
put in its place. The rest of the source stays as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Edit:
    """A part of the source, as the nodes at its ends, and the text that replaces it."""

    first: ast.expr | ast.stmt
    text: str
    last: ast.expr | ast.stmt | None = None
    #: What the edit does, where a long text would hide it: `without "image"`.
    says: str = ""


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip


def conditions(node: ast.AST) -> Iterator[Edit]:
    """Negates the condition of an if, while, conditional expression or comprehension."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield Edit(node.test, f"(not ({ast.unparse(node.test)}))")
    if isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield Edit(test, f"(not ({ast.unparse(test)}))")


def comparisons(node: ast.AST) -> Iterator[Edit]:
    """Turns a comparison round, or moves its bound by one."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARISONS.get(type(node.ops[0]), ()):
            yield Edit(
                node, f"({ast.unparse(ast.Compare(node.left, [other()], node.comparators))})"
            )


def operands(node: ast.AST) -> Iterator[Edit]:
    """Drops one operand of `and` or `or`, and replaces one of them by the other."""
    if isinstance(node, ast.BoolOp):
        for dropped in node.values:
            left = [value for value in node.values if value is not dropped]
            whole = ast.BoolOp(node.op, left) if len(left) > 1 else left[0]
            yield Edit(node, f"({ast.unparse(whole)})")
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield Edit(node, f"({ast.unparse(ast.BoolOp(other, node.values))})")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Edit(node, f"({ast.unparse(node.operand)})")


def sums(node: ast.AST) -> Iterator[Edit]:
    """Replaces an arithmetic operation or an operation on sets by its opposite."""
    if isinstance(node, ast.BinOp) and type(node.op) in _SUMS and not _is_text(node.right):
        other = _SUMS[type(node.op)]()
        yield Edit(node, f"({ast.unparse(ast.BinOp(node.left, other, node.right))})")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.Constant) and not isinstance(
        getattr(node, "value", None), int | float
    )


def constants(node: ast.AST) -> Iterator[Edit]:
    """Moves a number by one, turns a truth value round, and empties a text."""
    match node:
        case ast.Constant(value=bool(value)):
            yield Edit(node, str(not value))
        case ast.Constant(value=int(value) | float(value)):
            yield Edit(node, repr(value + 1))
        case ast.Constant(value=str(value)) if value:
            yield Edit(node, '""')
        case ast.JoinedStr():
            yield Edit(node, '""')


def elements(node: ast.AST) -> Iterator[Edit]:
    """Drops an element of a list, tuple or set, such as a transition or an action; swaps two."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Set) or not isinstance(node.elts, list):
        return
    if isinstance(getattr(node, "ctx", None), ast.Store) or not node.elts:
        return
    for dropped in node.elts:
        left = [each for each in node.elts if each is not dropped]
        yield Edit(node, _display(node, left), says=f"without {ast.unparse(dropped)}")
    if isinstance(node, ast.Set):
        return  # a set has no order
    for first, second in pairwise(node.elts):
        swapped = {id(first): second, id(second): first}
        text = _display(node, [swapped.get(id(each), each) for each in node.elts])
        yield Edit(node, text, says=f"swaps {ast.unparse(first)} and {ast.unparse(second)}")


def _display(node: ast.List | ast.Tuple | ast.Set, elements: list[ast.expr]) -> str:
    if isinstance(node, ast.Set):
        return ast.unparse(ast.Set(elements)) if elements else "set()"
    if isinstance(node, ast.Tuple):
        return f"({', '.join(map(ast.unparse, elements))}{',' if len(elements) == 1 else ''})"
    return ast.unparse(ast.List(elements, ast.Load()))


def keys(node: ast.AST) -> Iterator[Edit]:
    """Drops a key of a dict display, and an argument that has a name."""
    if isinstance(node, ast.Dict):
        for place in range(len(node.keys)):
            left = (_without(node.keys, place), _without(node.values, place))
            key = node.keys[place]
            name = ast.unparse(key) if key else f"**{ast.unparse(node.values[place])}"
            yield Edit(node, f"({ast.unparse(ast.Dict(*left))})", says=f"without {name}")
    if isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):
            if keyword.arg == "why":
                continue  # it is only logged
            call = ast.Call(node.func, node.args, _without(node.keywords, place))
            name = keyword.arg or f"**{ast.unparse(keyword.value)}"
            says = f"{ast.unparse(node.func)}() without {name}"
            yield Edit(node, ast.unparse(call), says=says)


def _without(items: list[T], place: int) -> list[T]:
    return items[:place] + items[place + 1 :]


def stages(node: ast.AST) -> Iterator[Edit]:
    """Drops one of the stages of a decision, `do(…)`, and swaps two neighbours."""
    match node:
        case ast.Call(func=ast.Name(id="do"), args=[_, _, *_] as args):
            for place in range(len(args)):
                yield Edit(
                    node, ast.unparse(ast.Call(node.func, _without(args, place), node.keywords))
                )
            for place in range(len(args) - 1):
                swapped = [*args[:place], args[place + 1], args[place], *args[place + 2 :]]
                yield Edit(node, ast.unparse(ast.Call(node.func, swapped, node.keywords)))


def statements(node: ast.AST) -> Iterator[Edit]:
    """Drops a call, `yield` or `raise` that stands alone; swaps two neighbours that await."""
    for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        if not isinstance(body, list):
            continue
        for each in body:
            if _is_action(each):
                yield Edit(each, "pass")
        for first, second in pairwise(body):
            if _acts(first) and _acts(second):
                yield Edit(first, _one_line(second, first), last=second)


def _is_action(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call | ast.Await | ast.Yield | ast.YieldFrom)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)


def _acts(node: ast.stmt) -> bool:
    simple = isinstance(node, ast.Expr | ast.Assign)
    return simple and any(isinstance(each, ast.Await | ast.Yield) for each in ast.walk(node))


def _one_line(*nodes: ast.stmt) -> str:
    return "; ".join(map(ast.unparse, nodes))


Operator = Callable[[ast.AST], Iterator[Edit]]
OPERATORS: tuple[Operator, ...] = (
    conditions, comparisons, operands, sums, constants, elements, keys, stages, statements,
)  # fmt: skip
