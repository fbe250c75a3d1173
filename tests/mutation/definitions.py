"""Finds the mutants of the definition of KusciaTask: copies of its file that demand less or else.

Where the API server decides, a controller is conformant only with the right definition: CR-02 and
SC-14 are promises of it. The schemas of `template` and
`status` are left out, because no requirement is about them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.mutation.mutants import DEFINITIONS, Mutant

#: The keys of a schema that decide what the API server accepts, adds or keeps.
_DECIDING = frozenset({
    "required", "minimum", "maximum", "enum", "pattern", "default", "minItems", "maxItems",
    "minLength", "maxLength", "subresources",
    "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
})  # fmt: skip
#: The keys above and between the fields, which names of mutants leave out.
_LAYERS = frozenset({"versions", "schema", "openAPIV3Schema", "properties", "items"})
_FREE = frozenset({"template", "status"})


def definition_mutants() -> list[Mutant]:
    """Returns the mutants of the definition of KusciaTask, by line."""
    file = DEFINITIONS / "kusciatasks.yaml"
    root = yaml.compose(file.read_text(encoding="utf-8"))
    return list(_of_node(root, file.relative_to(DEFINITIONS.parent), file.read_text(), ()))


def _of_node(
    node: yaml.Node | None, path: Path, text: str, scope: tuple[str, ...]
) -> Iterator[Mutant]:
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _of_node(each, path, text, scope)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if key.value in _DECIDING:
            for operator, first, last, after in _edits(key, value):
                span = (first.start_mark.index, last.end_mark.index)
                yield _mutant(path, text, (*scope, key.value), operator, span, after)
        if key.value not in _FREE:
            yield from _of_node(value, path, text, (*scope, key.value))


Edit = tuple[str, yaml.Node, yaml.Node, str]


def _edits(key: yaml.Node, value: yaml.Node) -> Iterator[Edit]:
    """Yields the name of each change, the nodes at the ends of what it replaces, and the new text.

    A dropped key leaves a description in its place, so that the lines around it stay as they are.
    """
    yield (
        "keys",
        key,
        value,
        "x-dropped: true" if key.value == "subresources" else "nullable: false",
    )
    if isinstance(value, yaml.SequenceNode) and len(value.value) > 1:
        for dropped in value.value:
            left = [each.value for each in value.value if each is not dropped]
            yield "elements", value, value, f"[{', '.join(left)}]"
    if value.tag == "tag:yaml.org,2002:int":
        yield "constants", value, value, str(int(value.value) + 1)
        yield "constants", value, value, str(int(value.value) - 1)


def _mutant(
    path: Path, text: str, scope: tuple[str, ...], operator: str, span: tuple[int, int], after: str
) -> Mutant:
    """Returns the mutant; its place, given in characters, is kept in bytes."""
    before = text[slice(*span)].rstrip()
    start = len(text[: span[0]].encode())
    line = text.count("\n", 0, span[0]) + 1
    where = ".".join(word for word in scope[1:] if word not in _LAYERS)
    place = (start, start + len(before.encode()))
    return Mutant(path.as_posix(), line, where, operator, before, after, place)
