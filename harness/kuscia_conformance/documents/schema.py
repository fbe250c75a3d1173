"""Checks an expected document against a schema: its paths have to exist, its items have a key.

`Checker` walks the YAML nodes of a document beside the OpenAPI schema of the resource definition.
The nodes give the line and column for messages. `load` has checked before that every node has a
valid value. With an empty schema, `{}`, every path is possible. The schema's title (`status`) names
the object in messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kuscia_conformance.documents.paths import KEYS, Path, item_key, path_beside, path_text
from kuscia_conformance.errors import choice
from kuscia_conformance.kube.objects import Obj, time_from

#: Stands for the value of a field with an operator, which cannot identify an item.
_OPERATOR = "!"
#: The kinds of YAML values that a field can have, by the type in the schema.
_SCALARS: Mapping[str, tuple[str, ...]] = {
    "string": ("str",),
    "integer": ("int",),
    "number": ("int", "float"),
    "boolean": ("bool",),
    "object": (),
    "array": (),
}
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ARTICLES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
}


@dataclass(frozen=True)
class Problem:
    """A problem of a document: the node, what is wrong with it, and a hint what to do."""

    node: Node
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Checker:
    """Checks nodes of one document; `root` is the schema of the whole document."""

    root: Obj

    def check(self, node: Node, schema: Obj, path: Path = ()) -> Iterator[Problem]:
        """Yields the problems of a node, whose schema and path these are, and of nodes in it."""
        if node.tag in ("!time", "!ref"):
            yield from self._named_paths(node, path)
        elif node.tag == "!absent":
            yield from _misplaced(node)
        elif node.tag == "!one-of":
            for choice in node.value:
                yield from self.check(choice, schema, path)
        elif isinstance(node, MappingNode):
            yield from self._fields(node, schema, path)
        elif isinstance(node, SequenceNode) and node.tag != "!between":
            yield from self._items(node, schema, path)
        elif isinstance(node, ScalarNode) and not node.tag.startswith("!"):
            yield from self._value(node, schema, path)

    def check_at(self, node: Node, path: Path) -> Iterator[Problem]:
        """Yields the problems of a node that is the value at a path of the document."""
        found = self._at(path, node)
        yield from [found] if isinstance(found, Problem) else self.check(node, found, path)

    def _at(self, path: Path, node: Node) -> Obj | Problem:
        """Returns the schema at a path of the document, or that there is no such path."""
        schema = self.root
        for place, step in enumerate(path):
            below = _below(schema, step)
            if below is None:
                return self._no_such(node, path[: place + 1], schema)
            schema = below
        return schema

    def _value(self, node: ScalarNode, schema: Obj, path: Path) -> Iterator[Problem]:
        """Yields an error for a value that the field can never have."""
        kind, wanted = node.tag.rpartition(":")[2], schema.get("type", "")
        words = schema.get("enum", ())
        if wanted in _SCALARS and kind not in (*_SCALARS[wanted], "null"):
            text = f"{path_text(path)} is {_ARTICLES[wanted]}, and never {node.value}"
            hint = f'write it in quotes: "{node.value}"' if wanted == "string" else ""
            yield Problem(node, text, choice(node.value, words) if words else hint)
        elif words and kind == "str" and node.value not in words:
            yield Problem(
                node, f"{path_text(path)} is never {node.value!r}", choice(node.value, words)
            )
        elif schema.get("format") == "date-time" and kind == "str" and not _is_time(node.value):
            text = f"{path_text(path)} is a time, and never {node.value!r}"
            yield Problem(node, text, "as in 2026-01-02T03:04:05Z, or !time for any time")

    def _fields(self, node: MappingNode, schema: Obj, path: Path) -> Iterator[Problem]:
        for key, value in node.value:
            below = _below(schema, key.value)
            if below is None:
                yield self._no_such(key, (*path, key.value), schema)
            else:
                yield from self.check(value, below, (*path, key.value))

    def _items(self, node: SequenceNode, schema: Obj, path: Path) -> Iterator[Problem]:
        below = _below(schema, "0")
        if below is None:
            yield self._no_such(node, (*path, "0"), schema)
            return
        keys = KEYS.get(path[-1]) if path else None
        yield from _keyed(node, path[-1], keys) if keys else _unkeyed(node)
        for number, item in enumerate(node.value):
            if isinstance(item, MappingNode) and keys:
                yield from self._fields(item, below, (*path, str(number)))
            elif item.tag != "!absent":
                yield from self.check(item, below, (*path, str(number)))

    def _named_paths(self, node: Node, path: Path) -> Iterator[Problem]:
        """Yields problems of the paths in an operator's argument: they have to exist, too."""
        for name in [value for _, value in node.value] if node.tag == "!time" else [node]:
            found = self._at(path_beside(name.value, path), name)
            yield from [found] if isinstance(found, Problem) else ()

    def _no_such(self, node: Node, path: Path, schema: Obj) -> Problem:
        known = list(schema.get("properties") or {})
        hint = choice(path[-1], sorted(known)) if known else "there are no fields here"
        what = self.root.get("title", "status")
        return Problem(node, f"the {what} has no {path_text(path)}", hint)


def _is_time(text: str) -> bool:
    try:
        return bool(_RFC_3339.fullmatch(text) and time_from(text))
    except ValueError:  # such as the 30th of February
        return False


def _below(schema: Obj, step: str) -> Obj | None:
    """Returns the schema of a field, an entry or an item; None if the schema does not allow it."""
    found: Obj | None = schema.get("properties", {}).get(step)
    further = schema.get("additionalProperties")
    if found is not None:
        return found
    if isinstance(further, dict):
        return further
    if "items" in schema:
        return dict(schema["items"])
    return {} if not schema or schema.get("x-kubernetes-preserve-unknown-fields") else None


def _misplaced(node: Node) -> Iterator[Problem]:
    if isinstance(node, MappingNode):
        hint = f"keyed lists are {', '.join(KEYS)}; elsewhere write !absent"
        yield Problem(node, "!absent with a mapping is for keyed lists only", hint)


def _unkeyed(node: SequenceNode) -> Iterator[Problem]:
    for item in node.value:
        if item.tag == "!absent":
            hint = "the list is compared whole and in order: leave the item out"
            yield Problem(item, "!absent is not possible in a list whose items have no key", hint)


def _keyed(node: SequenceNode, field: str, keys: tuple[str, ...]) -> Iterator[Problem]:
    """Yields problems of a keyed list's items: each needs its key, and keys may not repeat."""
    lines: dict[str, int] = {}
    hint = f"an item of {field} is identified by {' and '.join(keys)}, as in {{{keys[0]}: …}}"
    for item in node.value:
        if not isinstance(item, MappingNode):
            yield Problem(item, "it is unclear which item this is", hint)
        elif item.tag != "!absent":
            texts = _texts(item)
            name = item_key(texts, keys)
            if keys[0] not in texts or _OPERATOR in [texts.get(key) for key in keys]:
                yield Problem(item, "it is unclear which item this is", hint)
            elif name in lines:
                text = f"{path_text((field, name))} occurs twice, first in line {lines[name]}"
                yield Problem(item, text)
            lines[name] = item.start_mark.line + 1


def _texts(item: MappingNode) -> dict[str, str]:
    """Returns the single values of an item: without `!absent` ones, _OPERATOR for operators."""
    return {
        key.value: _OPERATOR if value.tag.startswith("!") else value.value
        for key, value in item.value
        if isinstance(value, ScalarNode) and value.tag != "!absent"
    }
