import pytest

from harness.documents import load_document, load_manifests
from harness.documents.operators import Absent, Anything, Exact, NodeOf, OneOf, Regex, Time
from harness.errors import DocumentError

SCHEMA = {
    "properties": {
        "phase": {"type": "string"},
        "startTime": {"type": "string"},
        "conditions": {"items": {"properties": {"type": {}, "status": {}}}},
        "podStatuses": {"additionalProperties": {"properties": {"podPhase": {}, "nodeName": {}}}},
    }
}


@pytest.fixture
def load(tmp_path):
    def write_and_load(text, schema=None):
        path = tmp_path / "x.status.yaml"
        path.write_text(text)
        return load_document(path, schema)

    return write_and_load


@pytest.fixture
def refusal(load):
    def text_of(text, schema=None):
        with pytest.raises(DocumentError) as error:
            load(text, schema)
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
        ("a: [!any, !absent]", [Anything(), Absent()]),
        ("a: {b: !time}", {"b": Time()}),
        ("a: {b: !any, c: !node-of bob}", {"b": Anything(), "c": NodeOf("bob")}),
        ("a: !time {after: startTime, before: .x}", Time("startTime", ".x")),
        ("a: !re .*", Regex(".*")),
        ('a: !re "x, y"', Regex("x, y")),
        ("a: !one-of [Running, !re x+, 3]", OneOf(("Running", Regex("x+"), 3))),
        ("a: !exact {b: !any}", Exact({"b": Anything()})),
        ("a: !exact\n  b: 1\n", Exact({"b": 1})),
        ("a:\n  - !absent {type: Success}\n", [Absent({"type": "Success"})]),
    ],
)
def test_operators(load, text, value):
    assert load(text)["a"] == value


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", ":4:3: 'c' stands here already, in line 3", ""),
        ("a: !tme\n", ":1:4: there is no operator !tme", "did you mean !time?"),
        ("a: !frob x\n", "there is no operator !frob", "valid: !any"),
        ("a: !re (\n", "!re: '(' is no regular expression", "as in `message: !re"),
        ("a: !between [3, 1]\n", "!between: takes two numbers", "as in"),
        ("a: !time {since: x}\n", "!time: takes nothing, or {after", "as in"),
        ("a: !time {after: 'x..y'}\n", "is no path", ""),
        ("a: !any 3\n", "!any: takes nothing", ""),
        ("a: !one-of x\n", "!one-of: takes a list", ""),
        ("a: !node-of\n", "!node-of: takes a domain", ""),
        ("a: !exact x\n", "!exact: stands before a mapping or a list", ""),
        ("a: [\n", "this is no YAML", ""),
        ("a: b: c\n", ":1: this is no YAML", ""),
        ("a: !x!y z\n", "a tag is a word", ""),
        ("{a: 1}: 2\n", "a key has to be a text", ""),
        ("- 1\n", "an expected document is one mapping", ""),
        ("", "an expected document is one mapping", ""),
        ("a: 1\n---\nb: 2\n", "an expected document is one mapping", ""),
        ("a: \x07\n", "this is no YAML", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(refusal, text, message, hint):
    error = refusal(text)
    assert "x.status.yaml" in error.message
    assert message in error.message
    assert hint in error.hint


def test_a_path_that_a_status_cannot_have_is_refused(refusal):
    error = refusal("phase: Running\nstartTme: !time\n", SCHEMA)
    assert ":2:1: the status has no startTme" in error.message
    assert error.hint.startswith("did you mean startTime?")
    error = refusal("podStatuses: !exact\n  alice/a-0: {podPhaes: x}\n", SCHEMA)
    assert "the status has no podStatuses[alice/a-0].podPhaes" in error.message
    error = refusal("conditions:\n  - !absent {typ: x}\n", SCHEMA)
    assert "typ" in error.message


def test_a_path_that_a_status_can_have_is_not(load):
    text = (
        "phase: !re x\nconditions: [{type: A}]\npodStatuses: {alice/a-0: {nodeName: !node-of a}}\n"
    )
    assert set(load(text, SCHEMA)) == {"phase", "conditions", "podStatuses"}


def test_manifests(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("apiVersion: v1\nkind: Pod\n---\n---\napiVersion: v1\nkind: Node\n")
    assert [manifest["kind"] for manifest in load_manifests(path)] == ["Pod", "Node"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("apiVersion: v1\nkind: Pod\nx: !any\n", ":3:4: !any: a manifest has no operators"),
        ("kind: Pod\n", "this is no Kubernetes object"),
        ("- 1\n", "this is no Kubernetes object"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path, text, message):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError, match=r"x\.yaml") as error:
        load_manifests(path)
    assert message in error.value.message


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    for name, message in (("latin.yaml", "this is no YAML"), ("nowhere.yaml", "cannot be read")):
        with pytest.raises(DocumentError, match=message):
            load_document(tmp_path / name)
