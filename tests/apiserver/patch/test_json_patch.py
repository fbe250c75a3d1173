"""Tests JSON patches (RFC 6902) with the deviations of Kubernetes."""

import copy

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.patch import json_patch

DOCUMENT = {
    "metadata": {"finalizers": ["a", "b", "c"], "labels": {"l/m": "1", "t~x": "2"}},
    "data": {"k": "v", "none": None},
}
FINALIZERS = "/metadata/finalizers"
REJECTED = "the server rejected our request due to an error in our request"


def operation(op, path, value=None, **others):
    return {"op": op, "path": path, "value": value, **others}


@pytest.mark.parametrize(
    ("at", "finalizers"),
    [
        ("0", ["z", "a", "b", "c"]),
        ("3", ["a", "b", "c", "z"]),
        ("-", ["a", "b", "c", "z"]),
        ("-1", ["a", "b", "c", "z"]),
        ("-4", ["z", "a", "b", "c"]),
        ("01", ["a", "z", "b", "c"]),
        ("+1", ["a", "z", "b", "c"]),
    ],
)
def test_an_item_is_added_before_the_item_at_its_index(at, finalizers):
    patched = json_patch(DOCUMENT, [operation("add", f"{FINALIZERS}/{at}", "z")])
    assert patched["metadata"]["finalizers"] == finalizers


@pytest.mark.parametrize(
    ("patch", "path", "value"),
    [
        ([operation("add", "/metadata/labels/l~1m", "9")], ("metadata", "labels", "l/m"), "9"),
        ([operation("add", "/metadata/labels/t~0x", "9")], ("metadata", "labels", "t~x"), "9"),
        ([operation("add", "whatever/k", "w")], ("k",), "w"),
        ([{"op": "add", "path": "/data/q"}], ("data", "q"), None),
        ([operation("replace", "/data/k", "w")], ("data", "k"), "w"),
        ([operation("replace", "/data/missing", "w")], ("data", "missing"), "w"),
        ([operation("replace", f"{FINALIZERS}/-1", "w")], ("metadata", "finalizers", 2), "w"),
        ([operation("remove", f"{FINALIZERS}/0")], ("metadata", "finalizers", 0), "b"),
        ([operation("move", "/data/n", **{"from": "/data/k"})], ("data", "n"), "v"),
        ([operation("copy", "/data/n", **{"from": "/data/k"})], ("data", "n"), "v"),
        ([operation("copy", "/data/n", **{"from": "/data/missing"})], ("data", "n"), None),
        (
            [operation("move", f"{FINALIZERS}/2", **{"from": f"{FINALIZERS}/0"})],
            ("metadata", "finalizers", 2),
            "a",
        ),
    ],
)
def test_an_operation_puts_the_value_at_its_path(patch, path, value):
    place = json_patch(DOCUMENT, patch)
    for key in path:
        place = place[key]
    assert place == value


@pytest.mark.parametrize(
    "patch",
    [
        operation("add", f"{FINALIZERS}/4", "z"),
        operation("add", f"{FINALIZERS}/-5", "z"),
        operation("add", f"{FINALIZERS}/1_0", "z"),
        operation("add", f"{FINALIZERS}/ 1", "z"),
        operation("add", "", {}),
        operation("add", "k", "z"),
        operation("add", "/missing/k", "z"),
        operation("add", "/data/k/below", "z"),
        operation("add", "/data/none/below", "z"),
        operation("replace", f"{FINALIZERS}/3", "z"),
        operation("replace", f"{FINALIZERS}/-", "z"),
        operation("replace", "", "z"),
        operation("remove", "/data/missing"),
        operation("remove", f"{FINALIZERS}/3"),
        operation("remove", f"{FINALIZERS}/-"),
        operation("remove", ""),
        operation("test", "/data/k", "w"),
        operation("test", "/data/k"),
        operation("test", "/missing/k"),
        operation("test", f"{FINALIZERS}/5"),
        operation("move", "/data/n", **{"from": "/data/missing"}),
        operation("move", "/data/n", **{"from": "/data"}),
        operation("move", f"{FINALIZERS}/3", **{"from": f"{FINALIZERS}/0"}),
        operation("move", "/data/n"),
        operation("copy", "/missing/n", **{"from": "/data/k"}),
        operation("frobnicate", "/data/k"),
        {"path": "/data/k", "value": "z"},
        {"op": "add", "value": "z"},
        {"op": None, "path": "/data/k"},
        None,
    ],
)
def test_an_operation_that_cannot_be_applied_is_refused_without_details(patch):
    with pytest.raises(StatusError) as refused:
        json_patch(DOCUMENT, [patch])
    status = refused.value.status
    assert (status["code"], status["reason"], status["message"]) == (422, "Invalid", REJECTED)
    assert status["details"] == {}


@pytest.mark.parametrize(
    ("found", "tested", "passes"),
    [
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (1, True, False),
        (1, 1.0, False),
        ([1], [1, 2], False),
        ({"a": None}, {}, False),
    ],
)
def test_a_value_passes_its_test_if_it_is_the_same_json(found, tested, passes):
    patch = [operation("test", "/spec", tested), operation("add", "/passed", "yes")]
    if passes:
        assert json_patch({"spec": found}, patch)["passed"] == "yes"
    else:
        with pytest.raises(StatusError, match=REJECTED):
            json_patch({"spec": found}, patch)


@pytest.mark.parametrize("patch", [{"op": "test", "path": "/data/missing", "value": None}])
def test_a_test_for_null_passes_at_a_missing_path(patch):
    assert json_patch(DOCUMENT, [patch]) == DOCUMENT


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({}, "cannot unmarshal object into Go value of type []handlers.jsonPatchOp"),
        ("x", "cannot unmarshal string into Go value of type []handlers.jsonPatchOp"),
        ([1], "cannot unmarshal number into Go value of type handlers.jsonPatchOp"),
        ([[]], "cannot unmarshal array into Go value of type handlers.jsonPatchOp"),
        ([{"op": 1}], "cannot unmarshal number into Go struct field jsonPatchOp.op of type string"),
        (
            [{"op": "add", "path": True}],
            "cannot unmarshal bool into Go struct field jsonPatchOp.path of type string",
        ),
    ],
)
def test_a_body_that_is_not_a_json_patch_is_a_bad_request(patch, message):
    with pytest.raises(StatusError) as refused:
        json_patch(DOCUMENT, patch)
    assert refused.value.code == 400
    assert refused.value.message == f"error decoding patch: json: {message}"


@pytest.mark.parametrize("patch", [None, []])
def test_a_patch_without_operations_changes_nothing(patch):
    assert json_patch(DOCUMENT, patch) == DOCUMENT


def test_the_whole_object_can_be_replaced():
    assert json_patch(DOCUMENT, [operation("replace", "", {"a": 1})]) == {"a": 1}


def test_replacing_the_object_by_a_list_is_refused():
    with pytest.raises(
        StatusError, match="cannot unmarshal array into Go value of type struct"
    ) as no:
        json_patch(DOCUMENT, [operation("replace", "", [1])])
    assert no.value.message.startswith(' "" is invalid: patch: Invalid value: "[1]": couldn\'t')


def test_an_operation_may_change_a_value_that_an_earlier_one_added():
    value: dict[str, str] = {}
    patch = [operation("add", "/x", value), operation("add", "/x/y", "z")]
    assert json_patch({}, patch) == {"x": {"y": "z"}}
    assert value == {}


def test_a_json_patch_of_more_than_10000_operations_is_refused():
    patch = [operation("add", "/data/k", "w")] * 10_000
    assert json_patch(DOCUMENT, patch)["data"]["k"] == "w"
    with pytest.raises(StatusError) as refused:
        json_patch(DOCUMENT, [*patch, patch[0]])
    assert refused.value.code == 413
    assert refused.value.message == (
        "Request entity too large: The allowed maximum operations in a JSON patch is 10000,"
        " got 10001"
    )


def test_copies_of_more_than_three_mebibytes_in_sum_are_refused():
    document = {"a": "x" * 1_000_000}
    patch = [operation("copy", f"/b{n}", **{"from": "/a"}) for n in range(4)]
    assert len(json_patch(document, patch[:3])) == 4
    with pytest.raises(StatusError, match=REJECTED):
        json_patch(document, patch)


def test_a_change_of_a_copied_value_does_not_change_the_original():
    patch = [
        operation("copy", "/new", **{"from": "/data"}),
        operation("add", "/new/k", "w"),
    ]
    assert json_patch(DOCUMENT, patch)["data"]["k"] == "v"


def test_a_json_patch_that_fails_halfway_does_not_change_its_argument():
    document = copy.deepcopy(DOCUMENT)
    patch = [operation("remove", "/data/k"), operation("remove", "/data/k")]
    with pytest.raises(StatusError):
        json_patch(document, patch)
    assert document == DOCUMENT
