"""Tests reading of expected documents and manifests from YAML."""

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
from tests.inputs.given import LAUGHS


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
def test_only_numbers_true_false_and_null_are_not_read_as_strings(load, text, value):
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
def test_each_operator_tag_is_loaded_as_its_operator(load, text, value):
    assert load(text)["a"] == value


def test_an_absent_item_of_a_keyed_list_is_loaded(load):
    assert load("conditions:\n  - !absent {type: Success}\n") == {
        "conditions": [Absent({"type": "Success"})]
    }


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", ":4:3: 'c' occurs twice, first in line 3", ""),
        ("a: !tme\n", ":1:4: there is no operator !tme", "did you mean !time?"),
        ("a: !frob x\n", ":1:4: there is no operator !frob", "valid: !any"),
        ("a: !one_of [x]\n", ":1:4: there is no operator !one_of", "did you mean !one-of?"),
        ("a: [\n", ":2:1: invalid YAML: ", ""),
        ("a: b: c\n", ":1:5: invalid YAML: mapping values are not allowed here", ""),
        ("a: 1\n\tb: 2\n", ":2:1: invalid YAML: ", ""),
        ("a: *x\n", ":1:4: invalid YAML: found undefined alias 'x'", ""),
        ("a: !x!y z\n", ":1:4: invalid YAML: a tag is a word", ""),
        ("a: !!str z\n", ":1:4: invalid YAML: a tag is a word", ""),
        ("a: ! z\n", ":1:4: invalid YAML: a tag is a word", ""),
        ("b: 1\na: \x07\n", ":2: invalid YAML: the character #x0007 is not", ""),
        ("{a: 1}: 2\n", ":1:1: a key has to be a string", ""),
        ("? !any a\n: 1\n", ":1:3: a key has to be a string", ""),
        ("<<: {a: 1}\n", ":1:1: merge keys are not supported", "write the entries out"),
        ("a: &x {b: *x}\n", ":1:11: invalid YAML: the anchor 'x' contains itself", ""),
        ("a: " + "[" * 5000, ":1:103: invalid YAML: more than 100 values are nested in one", ""),
        ("a: 18446744073709551616\n", ":1:4: a number has to fit into 64 bits", ""),
        ("a: 1e999\n", ":1:4: a number has to fit into 64 bits", ""),
        ("a: " + "9" * 5000, ":1:4: a number has to fit into 64 bits", ""),
        ('a: "\\ud800"\n', ":1:4: invalid YAML: an escape of \\ud800 to \\udfff is half", ""),
        (
            "%TAG ! tag:yaml.org,2002:\n---\na: !foo x\n",
            ":1:1: invalid YAML: the directive %TAG",
            "",
        ),
        ("- 1\n", ": an expected document has to be one mapping", ""),
        ("", ": an expected document has to be one mapping", ""),
        ("a: 1\n---\nb: 2\n", ": an expected document has to be one mapping", ""),
    ],
)
def test_an_invalid_document_is_refused_with_line_and_column(refusal, text, message, hint):
    error = refusal(text)
    assert f"x.status.yaml{message}" in error.message
    assert hint in error.hint


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"


def test_a_manifest_file_may_have_several_objects(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(f"{POD}---\n---\n{POD.replace('Pod', 'Node')}")
    assert [manifest["kind"] for manifest in load_manifests(path)] == ["Pod", "Node"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("apiVersion: v1\nkind: Pod\nx: !any\n", ":3:4: !any: a manifest may not have operators"),
        ("", ": the file has no Kubernetes object"),
        ("---\n", ": the file has no Kubernetes object"),
        ("kind: Pod\n", ":1:1: this is not a Kubernetes object"),
        ("- 1\n", ":1:1: this is not a Kubernetes object"),
        ("apiVersion: 1\nkind: Pod\n", ":1:1: this is not a Kubernetes object"),
        ("apiVersion: v1\nkind: Pod\n", ":1:1: this is a Pod without a text in metadata.name"),
        (f"{POD}items: 1\n", ":1:1: items of Pod is not a list"),
        (f"{POD}items: []\n", ": the file has no Kubernetes object"),
        (f"{POD}items: [{{}}]\n", ":1:1: items[0] is a Pod without a text in metadata.name"),
        ("apiVersion: v1\nkind: List\nitems: [{metadata: {}}]\n", ":1:1: items[0] is not a"),
        (POD.replace("name: x", "name: x, labels: y"), ":1:1: metadata.labels of Pod x is not a"),
        (POD.replace("name: x", "name: x, uid: 1"), ":1:1: metadata.uid of Pod x is not a text"),
    ],
)
def test_an_invalid_manifest_is_refused_with_its_place(tmp_path, text, message):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as error:
        load_manifests(path)
    assert f"x.yaml{message}" in error.value.message


def test_a_byte_order_mark_is_ignored(tmp_path):
    path = tmp_path / "x.status.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_document(path) == {"a": 1}


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"b: 1\na: \xe9\n")
    for name, message in (
        ("latin.yaml", "latin.yaml:2: the file is not UTF-8: byte 0xe9"),
        ("nowhere.yaml", "nowhere.yaml: cannot be read: No such file"),
    ):
        with pytest.raises(DocumentError, match=re.escape(message)):
            load_document(tmp_path / name)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
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


def test_aliases_that_stand_for_very_many_values_are_refused_at_once(refusal):
    expected = ":5:36: invalid YAML: there are more than 100,000 values; an alias counts as all"
    assert expected in refusal(LAUGHS).message


def test_a_text_with_very_many_values_is_refused(refusal):
    text = f"a: [{'1, ' * 100_001}]"
    assert "there are more than 100,000 values" in refusal(text).message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: 1\n".encode("utf-16"), "x.yaml: the file is UTF-16"),
        ("a: 1\n".encode("utf-16-be"), "x.yaml:1: the file is not text: it has a NUL character"),
        ("a: 1\n".encode("utf-32"), "x.yaml: the file is UTF-32"),
        (b"a: 1\nb: \0\n", "x.yaml:2: the file is not text: it has a NUL character"),
        (b" " * (3 * 1024 * 1024 + 1), "x.yaml: the file has more than 3,145,728 bytes"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_one_sentence(tmp_path, content, message):
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(DocumentError) as error:
        load_document(tmp_path / "x.yaml")
    assert message in error.value.message


def test_a_folder_and_a_link_to_itself_are_refused(tmp_path):
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for path, message in ((tmp_path, "this is a folder"), (tmp_path / "loop.yaml", "Too many")):
        with pytest.raises(DocumentError, match=f"cannot be read: {message}"):
            load_document(path)


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa: x\n", b"a: x\r\n", b"a: x\r", b"a: x"])
def test_a_byte_order_mark_and_any_end_of_a_line_are_read(tmp_path, content):
    (tmp_path / "x.yaml").write_bytes(content)
    assert load_document(tmp_path / "x.yaml") == {"a": "x"}


def test_the_items_of_a_list_stand_for_the_list(tmp_path):
    item = "{metadata: {name: b}}"
    pods = f"{{apiVersion: v1, kind: PodList, items: [{item}]}}"
    node = "{apiVersion: v1, kind: Node, metadata: {name: a}}"
    (tmp_path / "x.yaml").write_text(
        f"apiVersion: v1\nkind: List\nitems: [{node}, {pods}]\n---\n{POD}"
    )
    found = [
        (each["kind"], each["metadata"]["name"]) for each in load_manifests(tmp_path / "x.yaml")
    ]
    assert found == [("Node", "a"), ("Pod", "b"), ("Pod", "x")]
