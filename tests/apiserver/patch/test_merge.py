"""Tests JSON merge patches (RFC 7396) with the deviations of Kubernetes."""

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.patch import merge_patch


@pytest.mark.parametrize(
    ("obj", "patch", "merged"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": "b"}, {"missing": None}, {"a": "b"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": "b"}, {"a": {"b": {"c": None, "d": 1}}}, {"a": {"b": {"d": 1}}}),
        ({"kept": None}, {"a": 1}, {"kept": None, "a": 1}),
    ],
)
def test_members_are_merged_and_null_members_removed(obj, patch, merged):
    assert merge_patch(obj, patch) == merged


def test_nulls_in_objects_of_a_list_are_removed_but_null_items_stay():
    assert merge_patch({"a": [1]}, {"a": [1, None, {"b": None}]}) == {"a": [1, None, {}]}


def test_a_list_that_replaces_an_object_keeps_its_nulls():
    assert merge_patch({"a": {}}, {"a": [{"b": None}]}) == {"a": [{"b": None}]}


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (None, "Invalid JSON Patch"),
        ([], "error decoding patch: json: cannot unmarshal array into Go value of type {}"),
        ("x", "error decoding patch: json: cannot unmarshal string into Go value of type {}"),
        (5, "error decoding patch: json: cannot unmarshal number into Go value of type {}"),
    ],
)
def test_a_merge_patch_that_is_not_an_object_is_a_bad_request(patch, message):
    with pytest.raises(StatusError) as refused:
        merge_patch({}, patch)
    assert refused.value.code == 400
    assert refused.value.message == message.format("map[string]interface {}")


def test_the_result_of_a_merge_patch_shares_nothing_with_its_arguments():
    obj, patch = {"a": {"b": [1]}}, {"c": {"d": [2]}}
    merged = merge_patch(obj, patch)
    merged["a"]["b"].append(3)
    merged["c"]["d"].append(3)
    assert (obj, patch) == ({"a": {"b": [1]}}, {"c": {"d": [2]}})
