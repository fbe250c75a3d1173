"""Tests decoding of JSON and YAML bodies against the answers of a real server."""

import json

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.schema import (
    check_types,
    decode,
    prune,
    strict_refusal,
    unknown_fields,
    warning,
)
from kuscia_conformance.apiserver.schema.json_faults import MAX_DEPTH, json_fault
from tests.apiserver.schema.recorded import answers, built_in

JSON, YAML = "application/json", "application/yaml"


def shown(answer):
    return f"{answer['kind']} {answer['media']} {answer['body'][-60:]!a}"


def told(answer):
    """Returns the warnings about a body, in the form in which they are recorded."""
    kind, media_type = answer["kind"], f"application/{answer['media']}"
    decoded = decode(answer["body"].encode("latin-1"), media_type, kind)
    check_types(decoded.object, built_in(kind), kind, "v1")
    unknown = unknown_fields(prune(decoded.object, built_in(kind)))
    complaints = [*decoded.complaints, *unknown]
    if complaints and "strict" in answer:
        raise strict_refusal(complaints, kind, "v1")
    return {"warnings": list(map(warning, complaints))}


@pytest.mark.parametrize("answer", answers("bodies.jsonl"), ids=shown)
def test_a_body_is_accepted_or_refused_as_by_a_real_server(answer):
    try:
        found = told(answer)
    except StatusError as refusal:
        found = {"refused": refusal.message}
    assert found == {key: answer[key] for key in ("refused", "warnings") if key in answer}


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1000, 10_000, 300_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_json_that_is_nested_too_deep_is_refused(depth, opening, closing):
    body = b'{"x":' + opening * depth + b"1" + closing * depth + b"}"
    with pytest.raises(StatusError, match="exceeded max depth") as error:
        decode(body, JSON, "ConfigMap")
    assert error.value.code == 400


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 20_000])
def test_yaml_that_is_nested_too_deep_is_refused(depth):
    with pytest.raises(StatusError, match="exceeded max depth"):
        decode(b"x: " + b"[" * depth + b"]" * depth, YAML, "ConfigMap")


def test_yaml_aliases_that_nest_too_deep_are_refused():
    lines = [f"a0: &a0 {'[' * 200}{']' * 200}"]
    lines += [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 100)]
    with pytest.raises(StatusError, match="exceeded max depth"):
        decode("\n".join(lines).encode(), YAML, "ConfigMap")


def test_json_of_exactly_the_maximum_depth_is_accepted():
    depth = MAX_DEPTH - 1
    body = b'{"x":' + b"[" * depth + b"]" * depth + b"}"
    assert decode(body, JSON, "ConfigMap").object.keys() == {"x"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("on", True),
        ("y", True),
        ("Off", False),
        ("~", None),
        ("", None),
        ("Null", None),
        ("2020-01-01", "2020-01-01"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("1:30", "1:30"),
        ("017", 15),
        ("0o17", 15),
        ("09", 9),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("+1", 1),
        ("1e3", 1000),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1e999", "1e999"),
        ("12345678901234567890123", 1.2345678901234568e22),
        ("NaN", "NaN"),
        ("=", "="),
        ('"1"', "1"),
        ("'yes'", "yes"),
        ("!!str 3", "3"),
        ('!!int "3"', 3),
        ("!foo x", "x"),
        ("!!binary aGVsbG8=", "hello"),
        ("[a, {b: 1}]", ["a", {"b": 1}]),
        ("|\n  x\n", "x\n"),
    ],
)
def test_yaml_is_read_as_kubernetes_reads_it(text, value):
    found = decode(f"x: {text}".encode(), YAML, "ConfigMap").object["x"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "obj"),
    [
        ("1: a\ntrue: b\n1.5: c", {"1": "a", "true": "b", "1.5": "c"}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("<<: {a: 1, b: 2}\na: 3", {"a": 3, "b": 2}),
        ("<<: [{a: 1}, {a: 2, b: 3}]", {"a": 1, "b": 3}),
        ('"<<": x', {"<<": "x"}),
        ("a: 1\na: 2", {"a": 2}),
        ("a: 1\n---\nb: [", {"a": 1}),
        ("", {}),
    ],
)
def test_yaml_keys_aliases_and_merges_are_resolved(text, obj):
    assert decode(text.encode(), YAML, "ConfigMap").object == obj


def test_each_yaml_alias_becomes_a_separate_copy():
    obj = decode(b"a: &x {b: 1}\nc: *x", YAML, "ConfigMap").object
    obj["a"]["b"] = 2
    assert obj["c"] == {"b": 1}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"x":"\xff"}', "\ufffd"),
        (b'{"x":"\\ud800"}', "\ufffd"),
        (b'{"x":"\\ud83d\\ude00"}', "\U0001f600"),
        (b'{"x":"\\ud83d\\ude00\xff"}', "\U0001f600\ufffd"),
    ],
)
def test_invalid_utf8_and_lone_surrogates_are_replaced(body, text):
    assert decode(body, JSON, "ConfigMap").object == {"x": text}


def test_a_number_too_large_for_a_float64_is_refused():
    body = b'{"apiVersion":"a/v2","kind":"X","x":1e400}'
    with pytest.raises(StatusError) as error:
        decode(body, JSON, "X")
    assert error.value.message == (
        'X in version "v2" cannot be handled as a X: '
        "json: cannot unmarshal number 1e400 into Go value of type float64"
    )


@pytest.mark.parametrize(
    ("body", "complaints"),
    [
        (b'{"a":1,"b":{"a":1}}', ()),
        (b'{"a":1,"a":2,"a":3}', ('duplicate field "a"',)),
        (
            b'{"b":[{"c":1,"c":2},{"c":1}],"a":{"d":1,"d":1},"a":1}',
            ('duplicate field "b[0].c"', 'duplicate field "a.d"', 'duplicate field "a"'),
        ),
        (b'{"a":"\xff","a":1}', ('duplicate field "a"',)),
    ],
)
def test_duplicate_fields_are_reported(body, complaints):
    assert decode(body, JSON, "X").complaints == complaints
    assert decode(body, JSON, "X", find_duplicates=False).complaints == ()


@pytest.mark.parametrize("value", [{}, [], {"a": [1, -2.5e3, '\\"\u00e9', True, None, {}, []]}])
def test_no_fault_is_found_in_valid_json(value):
    assert json_fault(json.dumps(value, indent=1).encode()) == ""
    assert json_fault(json.dumps(value, ensure_ascii=False).encode()) == ""
