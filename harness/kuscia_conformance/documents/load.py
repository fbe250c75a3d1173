"""YAML, read strictly: what a reader would not expect is an error with file and line.

Only true, false, null and numbers are anything but text: no `on`, no 12:30, no dates. A key
may stand once. A tag is an operator and ends before `, ] }`, so that `[!any, !absent]` reads
as it looks. Anchors work as ever, merge keys (`<<`) do not.

From the text up: `_Loader` makes nodes, `_Values` makes values of them, `schema.Checker` looks
at the whole; the two `load_…` are what others call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner, ScannerError

from kuscia_conformance.documents.operators import OPERATORS
from kuscia_conformance.documents.schema import Checker
from kuscia_conformance.errors import DocumentError
from kuscia_conformance.kube.objects import Obj

_YAML = "tag:yaml.org,2002:"


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's reader up to the nodes, with our tags and our idea of a number."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)

    def scan_tag(self) -> yaml.TagToken:
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


_RESOLVED = {
    "null": (r"~|null|", ["~", "n", ""]),
    "bool": (r"true|false", list("tf")),
    "int": (r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    "float": (r"[-+]?[0-9]+(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", list("-+0123456789")),
}
for _kind, (_pattern, _first) in _RESOLVED.items():
    _Loader.add_implicit_resolver(_YAML + _kind, re.compile(rf"^(?:{_pattern})$"), _first)

_SCALARS: dict[str, Callable[[str], Any]] = {
    _YAML + "null": lambda text: None,  # noqa: ARG005
    _YAML + "bool": lambda text: text == "true",
    _YAML + "int": int,
    _YAML + "float": float,
    _YAML + "str": str,
}


def load_manifests(path: Path) -> list[Obj]:
    """The objects in a file. DocumentError if it does not parse, or one is no object."""
    values = _Values(path, "a manifest has no operators")
    manifests = []
    text = _text(path)
    with _explained(path, text):
        for node in _nodes(text):
            manifest = values.of(node)
            if not isinstance(manifest, dict) or not {"apiVersion", "kind"} <= set(manifest):
                why = "this is no Kubernetes object: apiVersion and kind are missing"
                raise _error(path, node, why)
            manifests.append(manifest)
    if not manifests:
        raise DocumentError(f"{path}: there is no Kubernetes object in it")
    return manifests


def load_document(path: Path, schema: Obj | None = None) -> Any:
    """An expected document. DocumentError, with file and line, for whatever is wrong with it.

    With a schema (of OpenAPI, as definitions have) every path has to be in it.
    """
    return document_from(_text(path), path, schema)


def document_from(text: str, path: Path = Path("document"), schema: Obj | None = None) -> Any:
    """An expected document from its text; `path` is for the messages. As `load_document`."""
    with _explained(path, text):
        document, problems = _read(text, path, schema or {})
    for problem in problems:
        raise problem
    return document


def document_problems(path: Path, schema: Obj | None = None) -> list[DocumentError]:
    """All that is wrong with an expected document; of what has no values, the first thing only."""
    try:
        text = _text(path)
        with _explained(path, text):
            return _read(text, path, schema or {})[1]
    except DocumentError as error:
        return [error]


def _read(text: str, path: Path, schema: Obj) -> tuple[Any, list[DocumentError]]:
    nodes = _nodes(text)
    if len(nodes) != 1 or not isinstance(nodes[0], MappingNode):
        raise DocumentError(f"{path}: an expected document is one mapping")
    document = _Values(path).of(nodes[0])
    problems = Checker(schema).check(nodes[0], schema)
    return document, [_error(path, found.node, found.text, found.hint) for found in problems]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DocumentError(f"{path}:{line}: this is no YAML: it is not UTF-8") from error
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error


@lru_cache(maxsize=1024)
def _nodes(text: str) -> tuple[Node, ...]:
    """The documents of a text that hold anything; scenarios load the same files again and again."""
    loader, found = _Loader(text), []
    while loader.check_node():
        node = loader.get_node()
        if node is not None and node.tag != _YAML + "null":
            found.append(node)
    return tuple(found)


@contextmanager
def _explained(path: Path, text: str) -> Iterator[None]:
    """What PyYAML cannot read, as our own error."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}"
        raise DocumentError(f"{place}: this is no YAML: {error.problem}") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        why = f"the character #x{error.character:04x} may not stand in it"
        raise DocumentError(f"{path}:{line}: this is no YAML: {why}") from error
    except RecursionError as error:
        why = "this is nested too deeply: perhaps an anchor stands within itself"
        raise DocumentError(f"{path}: {why}") from error


@dataclass(frozen=True)
class _Values:
    """The values that nodes stand for. DocumentError where a node stands for none."""

    path: Path
    #: Why there are no operators here; "" where there may be.
    no_operators: str = ""

    def of(self, node: Node) -> Any:
        return self._plain(node) if node.tag.startswith(_YAML) else self._operator(node)

    def _plain(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return dict(self._entries(node))
        if isinstance(node, SequenceNode):
            return [self.of(item) for item in node.value]
        return _SCALARS[node.tag](node.value)

    def _entries(self, node: MappingNode) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or not key.tag.startswith(_YAML):
                raise _error(self.path, key, "a key has to be a text")
            name = key.value
            if name == "<<":
                raise _error(self.path, key, "there are no merge keys", "write the entries out")
            if name in lines:
                text = f"{name!r} stands here already, in line {lines[name]}"
                raise _error(self.path, key, text)
            lines[name] = key.start_mark.line + 1
            yield name, self.of(value)

    def _operator(self, node: Node) -> Any:
        name = node.tag.removeprefix("!")
        if self.no_operators:
            raise _error(self.path, node, f"!{name}: {self.no_operators}")
        if name not in OPERATORS:
            raise _error(self.path, node, f"there is no operator !{name}", _operators_like(name))
        kind = OPERATORS[name]
        try:
            return kind.read(self._argument(node, name))
        except ValueError as error:
            example = f"as in `{kind.example}`"
            raise _error(self.path, node, f"!{name}: {error}", example) from error

    def _argument(self, node: Node, name: str) -> Any:
        """What follows the tag: a mapping, a list, a text, or nothing."""
        if isinstance(node, ScalarNode):
            return node.value if node.value or node.style else None
        allowed = OPERATORS[name].nests
        why = "" if allowed else f"there are no operators in the argument of !{name}"
        return replace(self, no_operators=why)._plain(node)


def _operators_like(name: str) -> str:
    near = get_close_matches(name, OPERATORS, n=1)
    hint = f"did you mean !{near[0]}? " if near else ""
    return f"{hint}valid: {', '.join(f'!{tag}' for tag in OPERATORS)}"


def _error(path: Path, node: Node, text: str, hint: str = "") -> DocumentError:
    mark = node.start_mark
    return DocumentError(f"{path}:{mark.line + 1}:{mark.column + 1}: {text}", hint=hint)
