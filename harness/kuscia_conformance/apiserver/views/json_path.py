"""JSONPath, as the columns of custom kinds use it: `.spec.a`, `['b']`, `[0]`, `[?(@.c=="d")]`.

A path is compiled once, into steps. Each step takes the values that are found so far and returns
the values below them. A value that is missing is left out of the result. As in Kubernetes, a dot
within `['a.b']` must be escaped as everywhere else.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

Step = Callable[[list[Any]], list[Any]]
Path = Callable[[Any], list[Any]]

TOKEN = re.compile(
    r"(?P<below>\.\.)"
    r"|\.?(?P<all>\*|(?<!\.)\[\*\])"
    r"|\[\?\(\s*@(?P<left>[^)=!<>]*?)\s*(?:(?P<op>==|!=|<=|>=|<|>)\s*(?P<right>[^)]*?)\s*)?\)\]"
    r"|\[(?P<start>-?\d*)(?P<slice>:(?P<stop>-?\d*)(?::(?P<step>\d*))?)?\]"
    r"|\[(?P<places>-?\d+(?:,-?\d+)+)\]"
    r"|\[(?P<names>'[^']*'(?:\s*,\s*'[^']*')*)\]"
    r"|\.?(?P<field>(?:\\.|[^.\[\]\\'\"])+)"
)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@lru_cache(maxsize=4096)
def compiled(path: str) -> Path | None:
    """Returns a function that finds the path's values in an object.

    Returns None if the path cannot be parsed.
    """
    steps: list[Step] = []
    start = 0
    while start < len(path):
        match = TOKEN.match(path, start)
        step = _step(match) if match else None
        if match is None or step is None:
            return None
        steps.append(step)
        start = match.end()
    return lambda obj: _walk(steps, [obj])


def _walk(steps: Iterable[Step], values: list[Any]) -> list[Any]:
    for step in steps:
        values = step(values)
    return values


def _step(match: re.Match[str]) -> Step | None:
    found = match.groupdict()
    if found["below"]:
        return lambda values: [each for value in values for each in _all_below(value)]
    if found["all"]:
        return lambda values: [each for value in values for each in _children(value)]
    if found["field"]:
        return _field(found["field"])
    if found["names"]:
        return _either(found["names"])
    if found["places"]:
        places = [int(place) for place in found["places"].split(",")]
        return _either_of([_items(slice(place, place + 1 or None)) for place in places])
    if found["left"] is not None:
        return _filter(found["left"], found["op"], found["right"])
    return _items(_slice(found)) if found["start"] or found["slice"] else None


def _field(text: str) -> Step:
    name = re.sub(r"\\(.)", r"\1", text)
    return lambda values: [v[name] for v in values if isinstance(v, dict) and name in v]


def _either(names: str) -> Step | None:
    paths = [compiled("." + name) for name in re.findall("'([^']*)'", names)]
    known = [path for path in paths if path is not None]
    return _either_of([_over(path) for path in known]) if len(known) == len(paths) else None


def _over(path: Path) -> Step:
    return lambda values: [each for value in values for each in path(value)]


def _either_of(steps: list[Step]) -> Step:
    return lambda values: [each for step in steps for each in step(values)]


def _slice(found: dict[str, str]) -> slice:
    start = int(found["start"]) if found["start"] else None
    if not found["slice"]:
        assert start is not None
        return slice(start, start + 1 or None)
    step = int(found["step"]) if found["step"] else None
    return slice(start, int(found["stop"]) if found["stop"] else None, step)


def _items(places: slice) -> Step:
    return lambda values: [each for v in values if isinstance(v, list) for each in v[places]]


def _filter(left: str, op: str | None, right: str | None) -> Step | None:
    path = compiled(left)
    if path is None:
        return None
    wanted = _literal(right or "")

    def holds(item: Any) -> bool:
        found = path(item)
        if not found or op is None:
            return bool(found)
        try:
            return bool(OPERATORS[op](found[0], wanted))
        except TypeError:
            return False

    return lambda values: [
        each for value in values if isinstance(value, list) for each in value if holds(each)
    ]


def _literal(text: str) -> Any:
    if text[:1] in {'"', "'"}:
        return text[1:-1]
    if text in {"true", "false"}:
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return None


def _children(value: Any) -> Iterator[Any]:
    """Yields a map's values in the order of their keys, or a list's items."""
    if isinstance(value, dict):
        yield from (value[key] for key in sorted(value))
    elif isinstance(value, list):
        yield from value


def _all_below(value: Any) -> Iterator[Any]:
    yield value
    for child in _children(value):
        yield from _all_below(child)
