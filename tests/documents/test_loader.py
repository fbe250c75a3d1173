import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kuscia_conformance.documents import load_document, load_manifests
from kuscia_conformance.documents.load import document_from
from kuscia_conformance.documents.operators import (
    Absent,
    Anything,
    Exact,
    NodeOf,
    OneOf,
    Regex,
    Time,
)
from kuscia_conformance.documents.paths import KEYS
from kuscia_conformance.errors import DocumentError


@pytest.fixture
def load(tmp_path):
    def write_and_load(text):
        path = tmp_path / "x.status.yaml"
        path.write_text(text)
        return load_document(path)

    return write_and_load


@pytest.fixture
def refusal(load):
    def text_of(text):
        with pytest.raises(DocumentError) as error:
            load(text)
        return error.value

    return text_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: on", "on"),
        ("a: yes", "yes"),
        ("a: True", "True"),
        ("a: 12:30", "12:30"),
        ("a: 2024-01-01", "2024-01-01"),
        ("a: 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("a: 0x10", "0x10"),
        ("a: 010", "010"),
        ('a: "1"', "1"),
        ("a: 1", 1),
        ("a: -1.5", -1.5),
        ("a: 1e3", 1000.0),
        ("a: true", True),
        ("a: false", False),
        ("a: null", None),
        ("a: ~", None),
        ("a:", None),
        ("a: [1, x]", [1, "x"]),
        ("b: &x {c: 1}\na: *x", {"c": 1}),
    ],
)
def test_values_are_what_they_look_like(load, text, value):
    found = load(text)["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !any", Anything()),
        ("a: !absent", Absent()),
        ("a: !one-of [!any, !absent]", OneOf((Anything(), Absent()))),
        ("a: [!any, !any]", [Anything(), Anything()]),
        ("a: {b: !time}", {"b": Time()}),
        ("a: {b: !any, c: !node-of bob}", {"b": Anything(), "c": NodeOf("bob")}),
        ("a: !time {after: startTime, before: .x}", Time("startTime", ".x")),
        ("a: !re .*", Regex(".*")),
        ('a: !re "x, y"', Regex("x, y")),
        ("a: !one-of [Running, !re x+, 3]", OneOf(("Running", Regex("x+"), 3))),
        ("a: !exact {b: !any}", Exact({"b": Anything()})),
        ("a: !exact\n  b: 1\n", Exact({"b": 1})),
    ],
)
def test_operators(load, text, value):
    assert load(text)["a"] == value


def test_absent_items(load):
    assert load("conditions:\n  - !absent {type: Success}\n") == {
        "conditions": [Absent({"type": "Success"})]
    }


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", ":4:3: 'c' stands here already, in line 3", ""),
        ("a: !tme\n", ":1:4: there is no operator !tme", "did you mean !time?"),
        ("a: !frob x\n", ":1:4: there is no operator !frob", "valid: !any"),
        ("a: !one_of [x]\n", ":1:4: there is no operator !one_of", "did you mean !one-of?"),
        ("a: [\n", ":2:1: this is no YAML: ", ""),
        ("a: b: c\n", ":1:5: this is no YAML: mapping values are not allowed here", ""),
        ("a: 1\n\tb: 2\n", ":2:1: this is no YAML: ", ""),
        ("a: *x\n", ":1:4: this is no YAML: found undefined alias 'x'", ""),
        ("a: !x!y z\n", ":1:4: this is no YAML: a tag is a word", ""),
        ("a: !!str z\n", ":1:4: this is no YAML: a tag is a word", ""),
        ("a: ! z\n", ":1:4: this is no YAML: a tag is a word", ""),
        ("b: 1\na: \x07\n", ":2: this is no YAML: the character #x0007 may not", ""),
        ("{a: 1}: 2\n", ":1:1: a key has to be a text", ""),
        ("? !any a\n: 1\n", ":1:3: a key has to be a text", ""),
        ("<<: {a: 1}\n", ":1:1: there are no merge keys", "write the entries out"),
        ("a: &x {b: *x}\n", ": this is nested too deeply: perhaps an anchor", ""),
        ("a: " + "[" * 5000, ": this is nested too deeply", ""),
        ("- 1\n", ": an expected document is one mapping", ""),
        ("", ": an expected document is one mapping", ""),
        ("a: 1\n---\nb: 2\n", ": an expected document is one mapping", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(refusal, text, message, hint):
    error = refusal(text)
    assert f"x.status.yaml{message}" in error.message
    assert hint in error.hint


def test_manifests(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("apiVersion: v1\nkind: Pod\n---\n---\napiVersion: v1\nkind: Node\n")
    assert [manifest["kind"] for manifest in load_manifests(path)] == ["Pod", "Node"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("apiVersion: v1\nkind: Pod\nx: !any\n", ":3:4: !any: a manifest has no operators"),
        ("", ": there is no Kubernetes object in it"),
        ("---\n", ": there is no Kubernetes object in it"),
        ("kind: Pod\n", ":1:1: this is no Kubernetes object"),
        ("- 1\n", ":1:1: this is no Kubernetes object"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path, text, message):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as error:
        load_manifests(path)
    assert f"x.yaml{message}" in error.value.message


def test_a_byte_order_mark_does_not_matter(tmp_path):
    path = tmp_path / "x.status.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_document(path) == {"a": 1}


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"b: 1\na: \xe9\n")
    for name, message in (
        ("latin.yaml", "latin.yaml:2: this is no YAML: it is not UTF-8"),
        ("nowhere.yaml", "nowhere.yaml: cannot be read: No such file"),
    ):
        with pytest.raises(DocumentError, match=re.escape(message)):
            load_document(tmp_path / name)


#: PyYAML does not join the two halves that JSON escapes an emoji to.
TEXTS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=6)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, JSON, min_size=1, max_size=4))
def test_any_json_is_a_document_of_the_same_values(document):
    assume(not _speaks_of_keyed_lists(document))
    assert document_from(json.dumps(document)) == document


def _speaks_of_keyed_lists(value):
    return any(f'"{name}"' in json.dumps(value) for name in (*KEYS, "<<"))
