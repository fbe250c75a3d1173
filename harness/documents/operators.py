"""The few special values of an expected document, each a YAML tag.

OPERATORS is the language: a tag, and the class that reads its argument, judges a value, and
says how it reads in a failure.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from harness.documents.paths import Path, path_from, value_at
from harness.objects import time_from


@dataclass(frozen=True)
class Context:
    """What a document is compared in."""

    #: The nodes of each domain.
    nodes: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: The whole actual document, and where in it the value stands; set by `compare`.
    root: Any = None
    at: Path = ()

    def value_of(self, path: str) -> Any:
        """The value at a path of the document; a path that begins with a dot starts here."""
        if path.startswith("."):
            return value_at(self.root, self.at[:-1] + path_from(path[1:]))
        return value_at(self.root, path_from(path))


@dataclass(frozen=True)
class Operator:
    """A value that judges another."""

    #: How an author writes it, and what it asks for, for the reference in fixtures/README.md.
    example: ClassVar[str]
    meaning: ClassVar[str]

    @classmethod
    @abstractmethod
    def read(cls, argument: Any) -> Self:
        """The operator with that argument, None if it had none. ValueError if it cannot be."""

    @abstractmethod
    def accepts(self, value: Any, context: Context) -> bool: ...

    @abstractmethod
    def wants(self) -> str:
        """How it reads in a failure."""


@dataclass(frozen=True)
class Anything(Operator):
    """`!any`."""

    example = "readyTime: !any"
    meaning = "it is there, whatever its value"

    @classmethod
    def read(cls, argument: Any) -> Self:
        _no_argument(argument)
        return cls()

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return value is not None

    def wants(self) -> str:
        return "any value"


@dataclass(frozen=True)
class Absent(Operator):
    """`!absent`; in a keyed list `!absent {type: Success}`, where `item` is the mapping."""

    item: Any = None
    example = "completionTime: !absent"
    meaning = "it is not there; in a keyed list, `!absent {type: Success}`: no such item is"

    @classmethod
    def read(cls, argument: Any) -> Self:
        if argument is not None and not isinstance(argument, Mapping):
            raise ValueError("takes nothing, or in a keyed list the mapping that tells an item")
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return False  # `compare` asks only about what is there

    def wants(self) -> str:
        return "absent"


@dataclass(frozen=True)
class Regex(Operator):
    """`!re PATTERN`; a dot also matches a line's end."""

    pattern: str
    example = "message: !re .*alice.*"
    meaning = "a text that the regular expression matches as a whole"

    @classmethod
    def read(cls, argument: Any) -> Self:
        pattern = "" if argument is None else str(argument)
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return cls(pattern)

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return isinstance(value, str) and bool(re.fullmatch(self.pattern, value, re.DOTALL))

    def wants(self) -> str:
        return f"a text like /{self.pattern}/"


@dataclass(frozen=True)
class Between(Operator):
    """`!between [LOW, HIGH]`."""

    low: float
    high: float
    example = "portNumber: !between [20000, 32766]"
    meaning = "a number from the first to the second, both included"

    @classmethod
    def read(cls, argument: Any) -> Self:
        match argument:
            case [int() | float() as low, int() | float() as high] if low <= high:
                return cls(low, high)
        raise ValueError("takes two numbers, the smaller first, as in !between [1, 3]")

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.low <= value <= self.high

    def wants(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Time(Operator):
    """`!time`, `!time {after: PATH, before: PATH}`: both may be the same second.

    A path that begins with a dot is that of a neighbour: `.createTime`.
    """

    after: str | None = None
    before: str | None = None
    example = "completionTime: !time {after: startTime}"
    meaning = "a time in UTC and whole seconds; not before, not after another of the document"

    @classmethod
    def read(cls, argument: Any) -> Self:
        bounds = {} if argument is None else argument
        if not isinstance(bounds, Mapping) or not set(bounds) <= {"after", "before"}:
            raise ValueError("takes nothing, or {after: PATH, before: PATH}")
        for path in bounds.values():
            path_from(str(path).removeprefix("."))
        return cls(**bounds)

    def accepts(self, value: Any, context: Context) -> bool:
        moment = _moment(value)
        if moment is None:
            return False
        after, before = _bound(self.after, context), _bound(self.before, context)
        is_late_enough = self.after is None or (after is not None and after <= moment)
        return is_late_enough and (self.before is None or (before is not None and moment <= before))

    def wants(self) -> str:
        bounds = [(self.after, "not before"), (self.before, "not after")]
        return " ".join(["a time", *(f"{words} {path}" for path, words in bounds if path)])


@dataclass(frozen=True)
class Reference(Operator):
    """`!ref PATH`."""

    path: str
    example = "portNumber: !ref serviceStatuses[alice/psi-0-fed].portNumber"
    meaning = "the same value as at that path of the same document"

    @classmethod
    def read(cls, argument: Any) -> Self:
        path_from(str(argument).removeprefix("."))
        return cls(str(argument))

    def accepts(self, value: Any, context: Context) -> bool:
        return bool(value == context.value_of(self.path))

    def wants(self) -> str:
        return f"the value of {self.path}"


@dataclass(frozen=True)
class OneOf(Operator):
    """`!one-of [A, B]`: values or operators."""

    choices: tuple[Any, ...]
    example = "podPhase: !one-of [Succeeded, Failed]"
    meaning = "one of these values, or what one of these operators accepts"

    @classmethod
    def read(cls, argument: Any) -> Self:
        if not isinstance(argument, list) or not argument:
            raise ValueError("takes a list, as in !one-of [Pending, Running]")
        return cls(tuple(argument))

    def accepts(self, value: Any, context: Context) -> bool:
        return any(
            choice.accepts(value, context)
            if isinstance(choice, Operator)
            else type(choice) is type(value) and choice == value
            for choice in self.choices
        )

    def wants(self) -> str:
        words = [c.wants() if isinstance(c, Operator) else str(c) for c in self.choices]
        return " or ".join(words)


@dataclass(frozen=True)
class NodeOf(Operator):
    """`!node-of DOMAIN`."""

    domain: str
    example = "nodeName: !node-of alice"
    meaning = "the name of a node that serves this domain"

    @classmethod
    def read(cls, argument: Any) -> Self:
        if not argument or not isinstance(argument, str):
            raise ValueError("takes a domain, as in !node-of alice")
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:
        return value in context.nodes.get(self.domain, ())

    def wants(self) -> str:
        return f"a node of {self.domain}"


@dataclass(frozen=True)
class Exact(Operator):
    """`!exact` on a mapping or a keyed list: the value, and nothing beside it."""

    value: Any
    example = "podStatuses: !exact {…}"
    meaning = "of a mapping or a keyed list: these entries, and no others"

    @classmethod
    def read(cls, argument: Any) -> Self:
        if not isinstance(argument, Mapping | list):
            raise ValueError("stands before a mapping or a list")
        return cls(argument)

    def accepts(self, value: Any, context: Context) -> bool:  # noqa: ARG002
        return bool(value == self.value)  # `compare` takes it apart; here for lists within lists

    def wants(self) -> str:
        return "exactly these"


#: The language: each tag and what it means.
OPERATORS: Mapping[str, type[Operator]] = {
    "any": Anything,
    "absent": Absent,
    "re": Regex,
    "between": Between,
    "time": Time,
    "ref": Reference,
    "one-of": OneOf,
    "node-of": NodeOf,
    "exact": Exact,
}


def _no_argument(argument: Any) -> None:
    if argument is not None:
        raise ValueError("takes nothing")


_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


def _moment(value: Any) -> datetime | None:
    """The time that a status shows; None if it is no time in UTC and whole seconds."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        return None
    try:
        return time_from(value)
    except ValueError:
        return None


def _bound(path: str | None, context: Context) -> datetime | None:
    return _moment(context.value_of(path)) if path else None
