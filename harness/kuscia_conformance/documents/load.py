"""Reads YAML strictly: anything surprising is an error with file, line and column.

- Only `true`, `false`, `null` and numbers are not strings: `on`, `12:30` and dates are.
- A key may occur only once in a mapping. Merge keys (`<<`) are refused; anchors work as usual.
- A tag is an operator. It ends before `, ] }`, so that `[!any, !absent]` has two items.

    text ── `_Loader` ──► nodes ── `_Values` ──► values
                           └── `schema.Checker` ──► problems

Other modules call `load_document` for expected documents and `load_manifests` for manifests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from kuscia_conformance.documents.paths import Path as Place
from kuscia_conformance.documents.schema import Checker
from kuscia_conformance.errors import DocumentError, choice
from kuscia_conformance.kube.objects import Obj

_YAML = "tag:yaml.org,2002:"


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's loader up to the nodes, with our tags, and with _RESOLVED for plain values."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)

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
    """Returns the Kubernetes objects in a file, in its order; empty YAML documents are skipped.

    Raises DocumentError, with file and line, if the file cannot be read, is not valid YAML, has an
    operator, or has a document that is not an object. A file without any object is an error, too.
    """
    values = _Values(path, "a manifest may not have operators")
    manifests = []
    text = _text(path)
    with _explained(path, text):
        for node in _nodes(text):
            manifest = values.of(node)
            if not isinstance(manifest, dict) or not {"apiVersion", "kind"} <= set(manifest):
                why = "this is not a Kubernetes object with apiVersion and kind"
                raise _error(path, node, why)
            manifests.append(manifest)
    if not manifests:
        raise DocumentError(f"{path}: the file has no Kubernetes object")
    return manifests


def load_document(path: Path, schema: Obj | None = None) -> Any:
    """Returns the expected document in a file.

    Its special values are Operators. With a schema, the OpenAPI schema of a resource definition,
    every path of the document has to exist there. Raises DocumentError, with file and line, for
    the first problem of the document.
    """
    return document_from(_text(path), path, schema)


def document_from(text: str, path: Path = Path("document"), schema: Obj | None = None) -> Any:
    """Returns the expected document in a text, as `load_document` does.

    Error messages name the document by `path`.
    """
    with _explained(path, text):
        document, problems = _read(text, path, schema or {})
    for problem in problems:
        raise problem
    return document


def document_problems(path: Path, schema: Obj | None = None) -> list[DocumentError]:
    """Returns all problems of an expected document.

    For a document without valid values, such as one that is not YAML, this is the first only.
    """
    try:
        text = _text(path)
        with _explained(path, text):
            return _read(text, path, schema or {})[1]
    except DocumentError as error:
        return [error]


def value_problems(text: str, path: Place, schema: Obj) -> list[tuple[str, str]]:
    """Returns what is wrong with a value at a path: the text and the hint of each problem.

    Raises DocumentError for a text that is not a value.
    """
    document_from(f"value: {text}", Path("table"))
    [node] = _nodes(f"value: {text}")
    assert isinstance(node, MappingNode)
    found = Checker(schema).check_at(node.value[0][1], path)
    return [(problem.text, problem.hint) for problem in found]


def _read(text: str, path: Path, schema: Obj) -> tuple[Any, list[DocumentError]]:
    nodes = _nodes(text)
    if len(nodes) != 1 or not isinstance(nodes[0], MappingNode):
        raise DocumentError(f"{path}: an expected document has to be one mapping")
    document = _Values(path).of(nodes[0])
    problems = Checker(schema).check(nodes[0], schema)
    return document, [_error(path, found.node, found.text, found.hint) for found in problems]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DocumentError(f"{path}:{line}: invalid YAML: it is not UTF-8") from error
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error


@lru_cache(maxsize=1024)
def _nodes(text: str) -> tuple[Node, ...]:
    """Returns the non-empty documents of a text. Cached: scenarios load the same files often."""
    loader, found = _Loader(text), []
    while loader.check_node():
        node = loader.get_node()
        if node is not None and node.tag != _YAML + "null":
            found.append(node)
    return tuple(found)


@contextmanager
def _explained(path: Path, text: str) -> Iterator[None]:
    """Turns the errors of PyYAML into DocumentErrors."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}"
        raise DocumentError(f"{place}: invalid YAML: {error.problem}") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        why = f"the character #x{error.character:04x} is not allowed"
        raise DocumentError(f"{path}:{line}: invalid YAML: {why}") from error
    except RecursionError as error:
        why = "this is nested too deeply: perhaps an anchor contains itself"
        raise DocumentError(f"{path}: {why}") from error


@dataclass(frozen=True)
class _Values:
    """Turns nodes into values. Raises DocumentError for a node without a valid value."""

    path: Path
    #: Why operators are not allowed here, for the message; "" if they are allowed.
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
                raise _error(self.path, key, "a key has to be a string")
            name = key.value
            if name == "<<":
                raise _error(
                    self.path, key, "merge keys are not supported", "write the entries out"
                )
            if name in lines:
                text = f"{name!r} occurs twice, first in line {lines[name]}"
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
        """Returns what follows the tag: a mapping, a list, a string, or None for nothing."""
        if isinstance(node, ScalarNode):
            return node.value if node.value or node.style else None
        allowed = OPERATORS[name].nests
        why = "" if allowed else f"operators are not allowed in the argument of !{name}"
        return replace(self, no_operators=why)._plain(node)


def _operators_like(name: str) -> str:
    return choice(f"!{name}", [f"!{tag}" for tag in OPERATORS])


def _error(path: Path, node: Node, text: str, hint: str = "") -> DocumentError:
    mark = node.start_mark
    return DocumentError(f"{path}:{mark.line + 1}:{mark.column + 1}: {text}", hint=hint)
