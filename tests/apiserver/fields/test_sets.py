"""Tests field sets by comparing them with sets of paths."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuscia_conformance.apiserver.fields.sets import (
    Fields,
    difference,
    intersection,
    is_well_formed,
    paths,
    union,
    without,
)

Path = tuple[str, ...]

MEMBERS = st.frozensets(st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple))


def set_of(members: frozenset[Path]) -> Fields:
    tree: dict[str, Any] = {}
    for path in members:
        node = tree
        for name in path:
            node = node.setdefault(f"f:{name}", {})
        node["."] = {}
    return tidied(tree)


def tidied(node: Fields) -> Fields:
    below = {key: tidied(value) for key, value in node.items() if key != "."}
    return {**({".": {}} if below and "." in node else {}), **below}


def members_of(fields: Fields) -> frozenset[Path]:
    return frozenset(tuple(path[1:].split(".")) for path in paths(fields))


@given(MEMBERS)
def test_a_field_set_contains_exactly_the_paths_it_was_built_from(members: frozenset[Path]) -> None:
    assert members_of(set_of(members)) == members


@given(MEMBERS, MEMBERS)
def test_union_intersection_and_difference_match_those_of_path_sets(
    one: frozenset[Path], other: frozenset[Path]
) -> None:
    mine, theirs = set_of(one), set_of(other)
    assert union(mine, theirs) == set_of(one | other)
    assert intersection(mine, theirs) == set_of(one & other)
    assert difference(mine, theirs) == set_of(one - other)


@given(MEMBERS, MEMBERS)
def test_without_removes_the_paths_below_a_path_too(
    one: frozenset[Path], other: frozenset[Path]
) -> None:
    left = {p for p in one if not any(p[: len(gone)] == gone for gone in other)}
    assert without(set_of(one), set_of(other)) == set_of(frozenset(left))


@given(MEMBERS, MEMBERS)
def test_no_operation_changes_its_arguments(one: frozenset[Path], other: frozenset[Path]) -> None:
    mine, theirs = set_of(one), set_of(other)
    for operation in (union, intersection, difference, without):
        operation(mine, theirs)
    assert (mine, theirs) == (set_of(one), set_of(other))


def test_a_difference_that_removes_nothing_returns_the_same_object() -> None:
    mine: Fields = {"f:spec": {"f:a": {}, "f:b": {}}}
    assert difference(mine, {"f:spec": {"f:c": {}}, "f:status": {}}) is mine


def test_paths_have_the_order_and_notation_of_the_server() -> None:
    fields: Fields = {
        "f:spec": {
            "f:ports": {
                'k:{"port":443,"protocol":"TCP"}': {".": {}, "f:name": {}},
                'k:{"port":80,"protocol":"TCP"}': {"f:name": {}},
            },
            "f:b": {},
        },
        "f:metadata": {"f:finalizers": {".": {}, 'v:"x/y"': {}}},
        "f:list": {"i:10": {}, "i:9": {}},
        "f:data": {},
    }
    assert list(paths(fields)) == [
        ".data",
        ".list[9]",
        ".list[10]",
        ".metadata.finalizers",
        '.metadata.finalizers[="x/y"]',
        ".spec.b",
        '.spec.ports[port=443,protocol="TCP"]',
        '.spec.ports[port=80,protocol="TCP"].name',
        '.spec.ports[port=443,protocol="TCP"].name',
    ]


@pytest.mark.parametrize(
    ("fields", "is_one"),
    [
        ({}, True),
        ({"f:a": {".": {}, 'k:{"b":1}': {}, 'v:"c"': {}, "i:0": {}}}, True),
        ({"data": {}}, False),
        ({"f:a": {"x:b": {}, "k:{": {}}}, False),
        ({"f:a": 1}, False),
        ({"i:x": {}}, False),
        ({"k": {}}, False),
    ],
)
def test_only_a_well_formed_field_set_is_accepted(fields: Any, is_one: bool) -> None:
    assert is_well_formed(fields) is is_one
