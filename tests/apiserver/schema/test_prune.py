"""Tests pruning of unknown fields, and defaults."""

import pytest

from kuscia_conformance.apiserver.apimachinery.types import ANY
from kuscia_conformance.apiserver.schema import fill_defaults, prune
from tests.apiserver.schema.recorded import built_in, custom, custom_object

OBJECT = {"type": "object"}
TEXT = {"type": "string"}
KEEPS = {"x-kubernetes-preserve-unknown-fields": True}


@pytest.mark.parametrize(
    ("schema", "value", "left", "unknown"),
    [
        (OBJECT, {"a": 1}, {}, ["spec.x.a"]),
        ({**OBJECT, "properties": {"a": TEXT}}, {"a": {"b": 1}}, {"a": {}}, ["spec.x.a.b"]),
        ({**OBJECT, "properties": {"a": TEXT}}, {"a": "1", "b": 1}, {"a": "1"}, ["spec.x.b"]),
        (KEEPS, {"a": {"b": None}}, {"a": {"b": None}}, []),
        (
            {**KEEPS, "properties": {"a": {**OBJECT, "properties": {"b": TEXT}}}},
            {"a": {"b": "1", "c": 1}, "d": 1},
            {"a": {"b": "1"}, "d": 1},
            ["spec.x.a.c"],
        ),
        (
            {"type": "array", "items": {**OBJECT, "properties": {"a": TEXT}}},
            [{"a": "1", "b": 1}, {"c": 1}],
            [{"a": "1"}, {}],
            ["spec.x[0].b", "spec.x[1].c"],
        ),
        (
            {"type": "array", "items": {"type": "array", "items": OBJECT}},
            [[{"a": 1}]],
            [[{}]],
            ["spec.x[0][0].a"],
        ),
        (
            {"type": "array", **KEEPS, "items": {**OBJECT, "properties": {"a": TEXT}}},
            [{"a": "1", "b": 1}],
            [{"a": "1", "b": 1}],
            [],
        ),
        ({**OBJECT, "additionalProperties": True}, {"a": {"b": 1}}, {"a": {}}, ["spec.x.a.b"]),
        ({**OBJECT, "additionalProperties": TEXT}, {"a": "1", "b": None}, {"a": "1"}, []),
        ({**OBJECT, "properties": {"a": {**TEXT, "nullable": True}}}, {"a": None}, {"a": None}, []),
        ({**OBJECT, "properties": {"a": {**TEXT, "default": "q"}}}, {"a": None}, {"a": None}, []),
    ],
)
def test_unknown_fields_are_pruned_and_reported_by_path(schema, value, left, unknown):
    obj = custom_object(x=value)
    assert prune(obj, custom({"x": schema})) == unknown
    assert obj["spec"] == {"x": left}


def test_unknown_fields_of_a_custom_object_are_sorted_after_metadata():
    embedded = {**OBJECT, **KEEPS, "x-kubernetes-embedded-resource": True}
    obj = {"z": 1, "a": 1, **custom_object(b=1, a=1, emb={"metadata": {"zork": 1}, "spec": {}})}
    obj["metadata"] = {"qq": 1, "name": "x", "ownerReferences": [{"uid": "x", "zap": 1}]}
    assert prune(obj, custom({"emb": embedded})) == [
        "metadata.ownerReferences[0].zap",
        "metadata.qq",
        "a",
        "spec.a",
        "spec.b",
        "spec.emb.metadata.zork",
        "z",
    ]
    assert obj["metadata"] == {"name": "x", "ownerReferences": [{"uid": "x"}]}


def test_unknown_fields_of_a_built_in_kind_keep_their_order():
    container = {"name": "c", "zip": 1, "resources": {"limits": {"cpu": "1"}}, "stdin": None}
    pod = {"foo": 1, "spec": {"containers": [container], "bar": 1}, "metadata": {"a": 1}}
    unknown = ["foo", "spec.containers[0].zip", "spec.bar", "metadata.a"]
    assert prune(pod, built_in("Pod")) == unknown
    left = {"name": "c", "resources": {"limits": {"cpu": "1"}}}
    assert pod == {"spec": {"containers": [left]}, "metadata": {}}


def test_nothing_is_pruned_from_a_value_of_any_type():
    obj = {"a": {"b": [{"c": None}]}, "d": None}
    assert prune(obj, ANY) == []
    assert obj == {"a": {"b": [{"c": None}]}, "d": None}


NUMBER = {"type": "integer", "default": 5}


@pytest.mark.parametrize(
    ("schema", "value", "filled"),
    [
        ({**OBJECT, "properties": {"a": NUMBER}}, {}, {"a": 5}),
        ({**OBJECT, "properties": {"a": NUMBER}}, {"a": None}, {"a": 5}),
        ({**OBJECT, "properties": {"a": NUMBER}}, {"a": 0}, {"a": 0}),
        ({**OBJECT, "properties": {"a": {**NUMBER, "nullable": True}}}, {"a": None}, {"a": None}),
        ({**OBJECT, "properties": {"a": {**NUMBER, "nullable": True}}}, {}, {"a": 5}),
        ({**OBJECT, "properties": {"a": {**OBJECT, "properties": {"b": NUMBER}}}}, {}, {}),
        (
            {**OBJECT, "properties": {"a": {**OBJECT, "default": {}, "properties": {"b": NUMBER}}}},
            {},
            {"a": {"b": 5}},
        ),
        ({**OBJECT, "additionalProperties": NUMBER}, {"a": None, "b": 1}, {"a": 5, "b": 1}),
        (
            {**OBJECT, "additionalProperties": {**NUMBER, "nullable": True}},
            {"a": None},
            {"a": None},
        ),
        ({"type": "array", "items": NUMBER}, [None, 1], [5, 1]),
        (
            {"type": "array", "items": {**OBJECT, "properties": {"a": NUMBER}}},
            [{}, {"a": 1}, None],
            [{"a": 5}, {"a": 1}, None],
        ),
    ],
)
def test_defaults_replace_missing_values_and_nulls_that_are_not_allowed(schema, value, filled):
    obj = custom_object(x=value)
    fill_defaults(obj, custom({"x": schema}))
    assert obj["spec"] == {"x": filled}


def test_each_object_gets_its_own_copy_of_a_default():
    type = custom({"x": {**OBJECT, "default": {"a": [1]}, **KEEPS}})
    one, other = custom_object(), custom_object()
    fill_defaults(one, type)
    one["spec"]["x"]["a"].append(2)
    fill_defaults(other, type)
    assert other["spec"] == {"x": {"a": [1]}}
