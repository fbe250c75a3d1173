"""Which paths a status can have: an expected document must not ask for others.

Walks a document's nodes beside the schema of the resource definition.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from harness.documents.paths import Path, path_from, path_text
from harness.objects import Obj

#: A place that is wrong: its node, what is wrong, what to do.
Problem = tuple[Node, str, str]

#: Tags whose mapping or list is part of the document, not an argument.
_STRUCTURAL = ("!exact", "!absent")


def check_node(node: Node, schema: Obj, path: Path = ()) -> Iterator[Problem]:
    """Every field of the document that the schema does not have."""
    if node.tag.startswith("!") and node.tag not in _STRUCTURAL:
        yield from _check_paths_in(node, schema)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            below = _property(schema, str(key.value))
            if below is None:
                yield key, f"the status has no {path_text((*path, key.value))}", _hint(schema, key)
            else:
                yield from check_node(value, below, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield from check_node(item, schema.get("items") or {}, (*path, str(number)))


def _property(schema: Obj, name: str) -> Obj | None:
    """The schema of a field or of a map's entry; None if there can be no such."""
    if "properties" in schema:
        found: Obj | None = schema["properties"].get(name)
        return found
    further = schema.get("additionalProperties")
    if isinstance(further, dict):
        return further
    return {} if not schema or schema.get("x-kubernetes-preserve-unknown-fields") else None


def _hint(schema: Obj, key: Node) -> str:
    known = list(schema.get("properties") or {})
    near = get_close_matches(str(key.value), known, n=1)
    first = f"did you mean {near[0]}? " if near else ""
    return f"{first}there are: {', '.join(sorted(known))}" if known else "it has no fields"


def _check_paths_in(node: Node, _: Any) -> Iterator[Problem]:
    """Paths that operators name are looked up when they are compared; here only their form."""
    if node.tag != "!time" or not isinstance(node, MappingNode):
        return
    for _key, value in node.value:
        try:
            path_from(str(value.value).removeprefix("."))
        except ValueError as error:
            yield value, str(error), ""
