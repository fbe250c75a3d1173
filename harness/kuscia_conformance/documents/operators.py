"""The operators: special values of an expected document, each written as a YAML tag.

OPERATORS has the class of each tag. A class reads the tag's argument (`read`), judges an actual
value (`accepts`), and returns its text for a failure (`wants`). Its `example`, `meaning` and
`refuses` make the table in fixtures/README.md. A new operator needs a class and an entry there.

The functions after OPERATORS write values as texts for failures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import ge, gt, le
from typing import Any, Self

from kuscia_conformance.documents.operator import MISSING as MISSING
from kuscia_conformance.documents.operator import Context as Context
from kuscia_conformance.documents.operator import Operator as Operator
from kuscia_conformance.documents.paths import path_beside
from kuscia_conformance.kube.objects import time_from


@dataclass(frozen=True)
class Anything(Operator):
    """`!any` accepts every value but null."""

    example = "readyTime: !any"
    meaning = "the field is there, with any value but `null`"
    refuses = "{}"

    @classmethod
    def read(cls, argument: Any) -> Self:
        _no_argument(argument)
        return cls()

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return value is not None and value is not MISSING

    def wants(self) -> str:
        return "any value"


@dataclass(frozen=True)
class Absent(Operator):
    """`!absent` accepts only a missing field.

    In a keyed list, `!absent {type: Success}` says that no item has these values, which are `item`.
    """

    item: Any = None
    example = "completionTime: !absent"
    meaning = "no such field; in a keyed list, `!absent {type: Success}`: no item with these values"
    refuses = "completionTime: 2024-01-02T03:04:05Z"

    @classmethod
    def read(cls, argument: Any) -> Self:
        if argument is not None and not (argument and isinstance(argument, Mapping)):
            raise ValueError("takes nothing, or in a keyed list the fields of an item")
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return value is MISSING

    def wants(self) -> str:
        return "absent"


@dataclass(frozen=True)
class Regex(Operator):
    """`!re PATTERN` accepts a string that the pattern matches as a whole.

    A dot also matches the end of a line.
    """

    pattern: str
    example = "message: !re .*alice.*"
    meaning = "a string that the regular expression matches as a whole"
    refuses = "message: bob has no room"

    @classmethod
    def read(cls, argument: Any) -> Self:
        if not isinstance(argument, str):
            raise ValueError("takes a regular expression")
        try:
            re.compile(argument)
        except re.error as error:
            raise ValueError(f"{argument!r} is not a regular expression: {error}") from error
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return isinstance(value, str) and bool(re.fullmatch(self.pattern, value, re.DOTALL))

    def wants(self) -> str:
        return f"a text like /{self.pattern}/"


@dataclass(frozen=True)
class Between(Operator):
    """`!between [LOW, HIGH]` accepts a number in this range, both ends included."""

    low: float
    high: float
    example = "portNumber: !between [20000, 32766]"
    meaning = "a number from the first to the second, both included"
    refuses = "portNumber: 8080"

    @classmethod
    def read(cls, argument: Any) -> Self:
        match argument:
            case [low, high] if _is_number(low) and _is_number(high) and low <= high:
                return cls(low, high)
        raise ValueError("takes two numbers, the smaller first")

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return _is_number(value) and self.low <= value <= self.high

    def wants(self) -> str:
        return f"a number from {self.low} to {self.high}"


@dataclass(frozen=True)
class Time(Operator):
    """`!time` accepts a time in UTC and whole seconds, as Kubernetes writes it.

    `!time {after: PATH, before: PATH}` also compares it with other times of the document, which may
    be the same second; with `later` it may not. If such a time is missing, the value is refused. A
    path that begins with a dot names a neighbour: `.createTime`.
    """

    after: str | None = None
    before: str | None = None
    later: str | None = None
    example = "completionTime: !time {after: startTime}"
    meaning = (
        "a time in UTC and whole seconds; not before, or not after, another time of the document, "
        "or by `{later: startTime}` at least a second after it"
    )
    refuses = "{startTime: 2024-01-02T03:04:05Z, completionTime: 2024-01-02T03:04:00Z}"

    @classmethod
    def read(cls, argument: Any) -> Self:
        bounds = {} if argument is None else argument
        if not isinstance(bounds, Mapping) or not set(bounds) <= {"after", "before", "later"}:
            raise ValueError("takes nothing, or {after: PATH, before: PATH, later: PATH}")
        for path in bounds.values():
            _check_path(path)
        return cls(**bounds)

    def accepts(self, value: Any, context: Context) -> bool:
        moment = _moment(value)
        bounds = ((self.after, ge), (self.before, le), (self.later, gt))
        known = [(_bound(path, context), holds) for path, holds in bounds if path]
        return moment is not None and all(b is not None and holds(moment, b) for b, holds in known)

    def wants(self) -> str:
        bounds = [
            (self.after, "not before"),
            (self.before, "not after"),
            (self.later, "after"),
        ]
        return " ".join(["a time", *(f"{words} {path}" for path, words in bounds if path)])


@dataclass(frozen=True)
class Reference(Operator):
    """`!ref PATH` accepts the value that is at another path of the actual document."""

    path: str
    example = "portNumber: !ref serviceStatuses[alice/psi-0-fed].portNumber"
    meaning = "the same value as at that path of the same document"
    refuses = "portNumber: 20000"

    @classmethod
    def read(cls, argument: Any) -> Self:
        _check_path(argument)
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:
        return value is not None and _is_same(value, context.value_of(self.path))

    def wants(self) -> str:
        return f"the value of {self.path}"


@dataclass(frozen=True)
class Or(Operator):
    """`!or PATH` accepts a text that is not empty, or any value if such a text is at the path."""

    path: str
    example = "message: !or reason"
    meaning = "a text that is not empty, here or at that path of the same document"
    refuses = "{phase: Failed}"

    @classmethod
    def read(cls, argument: Any) -> Self:
        _check_path(argument)
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:
        texts = (value, context.value_of(self.path))
        return any(isinstance(text, str) and text.strip() for text in texts)

    def wants(self) -> str:
        return f"a text here or in {self.path}"


@dataclass(frozen=True)
class OneOf(Operator):
    """`!one-of [A, B]` accepts each of the choices, which are values or operators."""

    choices: tuple[Any, ...]
    example = "podPhase: !one-of [Succeeded, Failed]"
    meaning = "one of these values, or what one of these operators accepts"
    refuses = "podPhase: Running"
    nests = True

    @classmethod
    def read(cls, argument: Any) -> Self:
        if not isinstance(argument, list) or not argument:
            raise ValueError("takes a list")
        return cls(tuple(argument))

    def accepts(self, value: Any, context: Context) -> bool:
        return any(
            choice.accepts(value, context)
            if isinstance(choice, Operator)
            else _is_same(choice, value)
            for choice in self.choices
        )

    def wants(self) -> str:
        return " or ".join(value_text(choice) for choice in self.choices)


@dataclass(frozen=True)
class NodeOf(Operator):
    """`!node-of DOMAIN` accepts the name of a node that serves the domain in this scenario."""

    domain: str
    example = "nodeName: !node-of alice"
    meaning = "the name of a node that serves this domain"
    refuses = "nodeName: node-2"

    @classmethod
    def read(cls, argument: Any) -> Self:
        if not argument or not isinstance(argument, str):
            raise ValueError("takes the name of a domain")
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:
        return isinstance(value, str) and value in context.nodes.get(self.domain, ())

    def wants(self) -> str:
        return f"a node of {self.domain}"


@dataclass(frozen=True)
class Exact(Operator):
    """`!exact` before a mapping or a keyed list: these entries, and no others.

    `compare` replaces it by its entries. Its own `accepts` is used only in a choice of `!one-of`.
    """

    value: Any
    example = "podStatuses: !exact {alice/psi-0: {}}"
    meaning = "a mapping or a keyed list with these entries and no others"
    refuses = "podStatuses: {alice/psi-0: {}, bob/psi-0: {}}"
    nests = True

    @classmethod
    def read(cls, argument: Any) -> Self:
        if not isinstance(argument, Mapping | list):
            raise ValueError("takes a mapping or a list")
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return _is_same(self.value, value)

    def wants(self) -> str:
        return f"exactly {value_text(self.value)}"


#: All operators by their tag, without the `!`.
OPERATORS: Mapping[str, type[Operator]] = {
    "any": Anything,
    "absent": Absent,
    "re": Regex,
    "between": Between,
    "time": Time,
    "ref": Reference,
    "or": Or,
    "one-of": OneOf,
    "node-of": NodeOf,
    "exact": Exact,
}


#: Strings that need quotes in a failure, because they look like other values there.
_WORDS = ("", "~", "true", "false", "null", "absent", "present", "any value")


def value_text(value: Any) -> str:
    """Returns a value as a document would have it, or an operator's `wants`.

    A string that looks like another value, such as `true` or `12`, gets quotes.
    """
    if isinstance(value, Operator):
        return value.wants()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {value_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    if value is MISSING or (isinstance(value, str) and not _needs_quotes(value)):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _needs_quotes(text: str) -> bool:
    looks_like_a_number = text.lstrip("+-").replace(".", "", 1).isdecimal()
    is_hidden = text != text.strip() or not text.isprintable()
    return text in _WORDS or looks_like_a_number or is_hidden


def _no_argument(argument: Any) -> None:
    if argument is not None:
        raise ValueError("takes nothing")


def _check_path(argument: Any) -> None:
    if not isinstance(argument, str):
        raise ValueError("takes a path, such as conditions[type=Running].status")
    path_beside(argument)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_same(one: Any, other: Any) -> bool:
    """Checks for equal values of the same type: in JSON, unlike in Python, true is not 1."""
    return type(one) is type(other) and bool(one == other)


_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


def _moment(value: Any) -> datetime | None:
    """Returns a status's time; None for a value that is not a time in UTC and whole seconds."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        return None
    try:
        return time_from(value)
    except ValueError:
        return None


def _bound(path: str | None, context: Context) -> datetime | None:
    return _moment(context.value_of(path)) if path else None
