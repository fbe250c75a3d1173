"""Reads YAML text into nodes, strictly and within limits.

- Only `true`, `false`, `null` and numbers are not strings: `on`, `12:30` and dates are.
- A tag is an operator. It ends before `, ] }`, so that `[!any, !absent]` has two items.
- An alias counts as all values that it stands for. So a text of a few lines whose aliases stand for
  billions of values is refused at its first alias too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.composer import Composer, ComposerError
from yaml.events import AliasEvent
from yaml.nodes import Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner, ScannerError

from kuscia_conformance.errors import DocumentError

YAML = "tag:yaml.org,2002:"
#: How many values a file may have, and how deep they may be nested.
VALUES, DEPTH = 100_000, 100


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's loader up to the nodes, with our tags and limits, and _RESOLVED for plain values."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self._count = self._depth = 0
        #: How many values a node with an anchor stands for. A node is missing until it is complete.
        self._sizes: dict[Node | None, int] = {}

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Returns the next node. Raises ComposerError if there are too many, or it is too deep."""
        event: yaml.NodeEvent = self.peek_event()  # type: ignore[no-untyped-call]
        before = self._count
        self._depth += 1
        self._count += 1
        if self._depth > DEPTH:
            raise _beyond(event, f"more than {DEPTH} values are nested in one another")
        node: Node | None = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(event, AliasEvent):
            self._count += self._size(event, node) - 1
        elif node and event.anchor:
            self._sizes[node] = self._count - before
        if self._count > VALUES:
            raise _beyond(event, f"there are more than {VALUES:,} values; an alias counts as all")
        return node

    def compose_scalar_node(self, anchor: dict[Any, Node]) -> ScalarNode:
        """Returns the next node, with its surrogates joined: JSON escapes characters as pairs.

        Raises ComposerError for half of a pair, which is no character.
        """
        node: ScalarNode = super().compose_scalar_node(anchor)
        try:
            node.value = node.value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            text = "an escape of \\ud800 to \\udfff is half of a character"
            raise ComposerError(None, None, text, node.start_mark) from error
        return node

    def _size(self, event: AliasEvent, node: Node | None) -> int:
        if node not in self._sizes:
            raise _beyond(event, f"the anchor {event.anchor!r} contains itself")
        return self._sizes[node]

    def scan_tag_directive_value(self, start_mark: yaml.Mark) -> NoReturn:
        """Refuses the directive, as it would give another meaning to the tags of operators."""
        raise ScannerError(None, None, "the directive %TAG is not supported", start_mark)

    def scan_tag(self) -> yaml.TagToken:
        """Reads a tag of letters, digits, dashes and underscores. Raises ScannerError for others.

        PyYAML's own method would take `,` and `]` as parts of the tag.
        """
        start = self.get_mark()
        self.forward()
        length = 0
        while self.peek(length).isalnum() or self.peek(length) in ("-", "_"):
            length += 1
        name = self.prefix(length)
        self.forward(length)
        if not name or self.peek() not in "\0 \t\r\n,]}":
            raise ScannerError(None, None, "a tag is a word of letters and dashes", start)
        return yaml.TagToken(("!", name), start, self.get_mark())


def _beyond(event: yaml.Event, text: str) -> ComposerError:
    mark: Any = event.start_mark
    return ComposerError(None, None, text, mark)


_RESOLVED = {
    "null": (r"~|null|", ["~", "n", ""]),
    "bool": (r"true|false", list("tf")),
    "int": (r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    "float": (r"[-+]?[0-9]+(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", list("-+0123456789")),
}
for _kind, (_pattern, _first) in _RESOLVED.items():
    _Loader.add_implicit_resolver(YAML + _kind, re.compile(rf"^(?:{_pattern})$"), _first)


@lru_cache(maxsize=1024)
def nodes_of(text: str) -> tuple[Node, ...]:
    """Returns the non-empty documents of a text. Cached: scenarios load the same files often."""
    loader, found = _Loader(text), []
    while loader.check_node():
        node = loader.get_node()
        if node is not None and node.tag != YAML + "null":
            found.append(node)
    return tuple(found)


@contextmanager
def explained(path: Path, text: str) -> Iterator[None]:
    """Turns the errors of PyYAML into DocumentErrors."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}"
        hint = "write spaces in place of the tab" if "'\\t'" in str(error.problem) else ""
        raise DocumentError(f"{place}: invalid YAML: {error.problem}", hint=hint) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        why = f"the character #x{error.character:04x} is not allowed"
        raise DocumentError(f"{path}:{line}: invalid YAML: {why}") from error
