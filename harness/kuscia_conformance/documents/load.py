"""Reads documents and manifests: anything surprising is an error with file, line and column.

A key may occur only once in a mapping. Merge keys (`<<`) are refused; anchors work as usual.

    text ── `nodes` ──► nodes ── `_Values` ──► values ── `objects` ──► Kubernetes objects
                         └── `schema.Checker` ──► problems

Other modules call `load_document` for expected documents and `load_manifests` for manifests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kuscia_conformance.documents.nodes import YAML, explained, nodes_of
from kuscia_conformance.documents.objects import NotAnObject, objects_in
from kuscia_conformance.documents.operators import OPERATORS
from kuscia_conformance.documents.paths import Path as Place
from kuscia_conformance.documents.schema import Checker
from kuscia_conformance.documents.text import read_text
from kuscia_conformance.errors import DocumentError, choice
from kuscia_conformance.kube.objects import Obj

#: Why the values of a manifest are no operators.
NO_OPERATORS = "a manifest may not have operators"
#: What a document is called in the message that it is no mapping.
EXPECTED = "an expected document has"
_SCALARS: dict[str, Callable[[str], Any]] = {
    YAML + "null": lambda text: None,  # noqa: ARG005
    YAML + "bool": lambda text: text == "true",
    YAML + "int": lambda text: _number(text, int),
    YAML + "float": lambda text: _number(text, float),
    YAML + "str": str,
}


def _number(text: str, kind: Callable[[str], Any]) -> Any:
    """Returns the number. Raises ValueError for one that JSON cannot hold in 64 bits."""
    value = kind(text) if len(text) <= 400 else math.inf
    if math.isinf(value) or (not -(2**63) <= value < 2**64 and kind is int):
        raise ValueError("a number has to fit into 64 bits; a text needs quotes")
    return value


def load_manifests(path: Path) -> list[Obj]:
    """Returns the Kubernetes objects in a file, in its order; empty YAML documents are skipped.

    The items of a list, such as `kind: List`, stand for the list. Raises DocumentError, with file
    and line, if the file cannot be read, is not valid YAML, has an operator, or has a document that
    is not an object. A file without any object is an error, too.
    """
    values = _Values(path, NO_OPERATORS)
    manifests: list[Obj] = []
    text = read_text(path)
    with explained(path, text):
        for node in nodes_of(text):
            try:
                manifests += objects_in(values.of(node))
            except NotAnObject as error:
                raise _error(path, node, str(error)) from error
    if not manifests:
        raise DocumentError(f"{path}: the file has no Kubernetes object")
    return manifests


def load_document(path: Path, schema: Obj | None = None, what: str = EXPECTED) -> Any:
    """Returns the expected document in a file.

    Its special values are Operators. With a schema, the OpenAPI schema of a resource definition,
    every path of the document has to exist there. Raises DocumentError, with file and line, for
    the first problem of the document. `what` names the document in it, with a verb.
    """
    return document_from(read_text(path), path, schema, what=what)


def document_from(
    text: str,
    path: Path = Path("document"),
    schema: Obj | None = None,
    no_operators: str = "",
    what: str = EXPECTED,
) -> Any:
    """Returns the expected document in a text, as `load_document` does.

    Error messages name the document by `path` and `what`. `no_operators` says why it may not have
    any.
    """
    with explained(path, text):
        document, problems = _read(text, path, schema or {}, no_operators, what)
    for problem in problems:
        raise problem
    return document


def document_problems(path: Path, schema: Obj | None = None) -> list[DocumentError]:
    """Returns all problems of an expected document.

    For a document without valid values, such as one that is not YAML, this is the first only.
    """
    try:
        text = read_text(path)
        with explained(path, text):
            return _read(text, path, schema or {})[1]
    except DocumentError as error:
        return [error]


def manifest_problems(path: Path, schema_of: Callable[[str], Obj | None]) -> list[DocumentError]:
    """Returns all problems of the manifests in a file; of a file that is not valid, the first only.

    `schema_of` has the schema of the objects of a kind, and None for a kind that is not examined.
    """
    try:
        load_manifests(path)
    except DocumentError as error:
        return [error]
    found: list[DocumentError] = []
    for node in nodes_of(read_text(path)):
        schema = schema_of(_kind(node))
        problems = Checker(schema).check(node, schema) if schema else ()
        found += [_error(path, problem.node, problem.text, problem.hint) for problem in problems]
    return found


def _kind(node: Node) -> str:
    assert isinstance(node, MappingNode)
    return next((str(value.value) for key, value in node.value if key.value == "kind"), "")


def value_problems(text: str, path: Place, schema: Obj) -> list[tuple[str, str]]:
    """Returns what is wrong with a value at a path: the text and the hint of each problem.

    Raises DocumentError for a text that is not a value.
    """
    document_from(f"value: {text}", Path("table"))
    [node] = nodes_of(f"value: {text}")
    assert isinstance(node, MappingNode)
    found = Checker(schema).check_at(node.value[0][1], path)
    return [(problem.text, problem.hint) for problem in found]


def _read(
    text: str, path: Path, schema: Obj, no_operators: str = "", what: str = EXPECTED
) -> tuple[Any, list[DocumentError]]:
    nodes = nodes_of(text)
    if len(nodes) != 1 or not isinstance(nodes[0], MappingNode):
        raise DocumentError(f"{path}: {what} to be one mapping")
    document = _Values(path, no_operators).of(nodes[0])
    problems = Checker(schema).check(nodes[0], schema)
    return document, [_error(path, found.node, found.text, found.hint) for found in problems]


@dataclass(frozen=True)
class _Values:
    """Turns nodes into values. Raises DocumentError for a node without a valid value."""

    path: Path
    #: Why operators are not allowed here, for the message; "" if they are allowed.
    no_operators: str = ""

    def of(self, node: Node) -> Any:
        return self._plain(node) if node.tag.startswith(YAML) else self._operator(node)

    def _plain(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return dict(self._entries(node))
        if isinstance(node, SequenceNode):
            return [self.of(item) for item in node.value]
        try:
            return _SCALARS[node.tag](node.value)
        except ValueError as error:
            raise _error(self.path, node, str(error)) from error

    def _entries(self, node: MappingNode) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or not key.tag.startswith(YAML):
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
