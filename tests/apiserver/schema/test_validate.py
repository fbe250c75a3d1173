"""Tests the validation of custom objects against the answers of a real server."""

import json

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError, StatusError
from kuscia_conformance.apiserver.schema import (
    check_types,
    custom_type,
    decode,
    fill_defaults,
    prune,
    validate,
)
from tests.apiserver.schema.recorded import answers, built_in, custom, custom_object


def shown(answer):
    return f"{json.dumps(answer['schema'])[:60]} {json.dumps(answer['value'])[:30]}"


def told(obj, type):
    """Returns the stored value or the causes, in the form in which they are recorded."""
    check_types(obj, type, "Xxx", "v1")
    prune(obj, type)
    fill_defaults(obj, type)
    causes = [[cause.reason, cause.message, cause.field] for cause in validate(obj, type)]
    if causes:
        return {"causes": causes}
    return {"stored": obj["spec"]["x"]} if "x" in obj["spec"] else {"absent": True}


@pytest.mark.parametrize("answer", answers("validated.jsonl"), ids=shown)
def test_a_value_is_accepted_or_refused_as_by_a_real_server(answer):
    type = custom({"x": answer["schema"]})
    body = json.dumps(custom_object(x=answer["value"])).encode()
    try:
        found = told(decode(body, "application/json", "Xxx").object, type)
    except StatusError as refusal:
        found = {"refused": refusal.message}
    assert found == {key: answer[key] for key in answer if key not in ("schema", "value")}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("short", []),
        (
            "xlonger",
            [FieldError("FieldValueTooLong", "Too long: may not be more than 5 bytes", "")],
        ),
    ],
)
def test_a_definition_may_restrict_the_length_of_the_name(name, wrong):
    metadata = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}}}
    obj = {**custom_object(), "metadata": {"name": name, "labels": {"a": "b"}}}
    type = custom(metadata=metadata)
    assert prune(obj, type) == []
    expected = [FieldError(cause.reason, cause.message, "metadata.name") for cause in wrong]
    assert validate(obj, type) == expected


def test_a_missing_root_field_is_named_without_a_path():
    type = custom_type({"type": "object", "required": ["spec"]}, built_in("ObjectMeta"))
    obj = custom_object()
    del obj["spec"]
    assert validate(obj, type) == [FieldError("FieldValueRequired", "Required value", "spec")]


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, -(2**63) - 1])
def test_a_number_outside_64_bits_is_not_an_integer(number):
    causes = validate(custom_object(x=number), custom({"x": {"type": "integer"}}))
    assert [cause.field for cause in causes] == ["spec.x"]


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        # The second alternative matches more: it also has a rule for y.
        (
            {
                "type": "object",
                "properties": {
                    "x": {"type": "string"},
                    "y": {"type": "object", "properties": {"q": {"type": "string"}}},
                },
                "oneOf": [
                    {"properties": {"x": {"enum": ["1"]}}},
                    {
                        "required": ["x"],
                        "properties": {"x": {"enum": ["2"]}, "y": {"required": ["q"]}},
                    },
                ],
            },
            {"x": "3", "y": {}},
            ["<nil>", "spec.x.x", "spec.x.y.q"],
        ),
        ({"type": "string", "maxLength": 3, "minLength": 5}, "abcd", ["spec.x"]),
    ],
)
def test_the_causes_are_those_of_the_alternative_that_matches_most(schema, value, said):
    causes = validate(custom_object(x=value), custom({"x": schema}))
    assert [cause.field for cause in causes] == said


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("^a$", ["a"], ["a\n", "ba"]),
        (r"^a\z", ["a"], ["a\n"]),
        ("^[[:alpha:]_]+$", ["ab_"], ["a1", "é"]),
        (r"^\d+$", ["12"], ["١"]),
        (r"\pL", ["é"], ["1"]),
        ("a(?i)b", ["aB"], ["c"]),
        (r"^[$]\$$", ["$$"], ["$"]),
        ("(?P<x>a)+", ["aa"], ["b"]),
    ],
)
def test_patterns_are_read_as_go_reads_them(pattern, good, bad):
    type = custom({"x": {"type": "string", "pattern": pattern}})
    assert [text for text in good if validate(custom_object(x=text), type)] == []
    assert [text for text in bad if not validate(custom_object(x=text), type)] == []


def test_a_pattern_that_cannot_be_compiled_is_ignored():
    type = custom({"x": {"type": "string", "pattern": "(?<!a"}})
    assert validate(custom_object(x="b"), type) == []
