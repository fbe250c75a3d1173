"""YAML, read strictly: what a reader would not expect is an error with file and line.

Only true, false, null and numbers are anything but text: no `on`, no 12:30, no dates. A key
may stand once. A tag is an operator and ends before `, ] }`, so that `[!any, !absent]` reads
as it looks. Anchors work as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner, ScannerError

from harness.documents.operators import OPERATORS
from harness.documents.schema import check_node
from harness.errors import DocumentError
from harness.objects import Obj

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
        while self.peek(length).isalnum() or self.peek(length) == "-":
            length += 1
        name = self.prefix(length)
        self.forward(length)
        if self.peek() not in "\0 \t\r\n,]}":
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
    manifests = []
    for node in _nodes(path):
        manifest = _value(path, node, operators=False)
        if manifest is None:
            continue
        if not isinstance(manifest, dict) or not {"apiVersion", "kind"} <= set(manifest):
            raise _error(
                path, node, "this is no Kubernetes object: apiVersion and kind are missing"
            )
        manifests.append(manifest)
    return manifests


def load_document(path: Path, schema: Obj | None = None) -> Any:
    """An expected document. DocumentError, with file and line, for whatever is wrong with it.

    With a schema (of OpenAPI, as definitions have) every path has to be in it.
    """
    nodes = list(_nodes(path))
    if len(nodes) != 1 or not isinstance(nodes[0], MappingNode):
        raise DocumentError(f"{path}: an expected document is one mapping")
    if schema is not None:
        for node, text, hint in check_node(nodes[0], schema):
            raise _error(path, node, text, hint)
    return _value(path, nodes[0], operators=True)


def _nodes(path: Path) -> Iterator[Node]:
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        while loader.check_node():
            if (node := loader.get_node()) is not None:
                yield node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DocumentError(f"{path}:{line}: this is no YAML: {error.problem}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DocumentError(f"{path}: this is no YAML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error


def _value(path: Path, node: Node, *, operators: bool) -> Any:
    if not node.tag.startswith(_YAML):
        return _operator(path, node, operators=operators)
    return _plain(path, node, operators=operators)


def _plain(path: Path, node: Node, *, operators: bool) -> Any:
    if isinstance(node, MappingNode):
        return dict(_entries(path, node, operators=operators))
    if isinstance(node, SequenceNode):
        return [_value(path, item, operators=operators) for item in node.value]
    return _SCALARS.get(node.tag, str)(node.value)


def _entries(path: Path, node: MappingNode, *, operators: bool) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise _error(path, key, "a key has to be a text")
        if key.value in seen:
            raise _error(path, key, f"{key.value!r} stands here already, in line {seen[key.value]}")
        seen[key.value] = key.start_mark.line + 1
        yield key.value, _value(path, value, operators=operators)


def _operator(path: Path, node: Node, *, operators: bool) -> Any:
    name = node.tag.removeprefix("!")
    if not operators:
        raise _error(path, node, f"!{name}: a manifest has no operators")
    if name not in OPERATORS:
        near = get_close_matches(name, OPERATORS, n=1)
        hint = f"did you mean !{near[0]}? " if near else ""
        valid = ", ".join(f"!{tag}" for tag in OPERATORS)
        raise _error(path, node, f"there is no operator !{name}", f"{hint}valid: {valid}")
    try:
        return OPERATORS[name].read(_argument(path, node, name))
    except ValueError as error:
        example = f"as in `{OPERATORS[name].example}`"
        raise _error(path, node, f"!{name}: {error}", example) from error


def _argument(path: Path, node: Node, name: str) -> Any:
    """What follows the tag: a mapping, a list, a text, or nothing."""
    if not isinstance(node, ScalarNode):
        return _plain(path, node, operators=name in ("one-of", "exact", "absent"))
    return node.value if node.value or node.style else None


def _error(path: Path, node: Node, text: str, hint: str = "") -> DocumentError:
    mark = node.start_mark
    return DocumentError(f"{path}:{mark.line + 1}:{mark.column + 1}: {text}", hint=hint)
