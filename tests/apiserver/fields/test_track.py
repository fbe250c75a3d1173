"""Tests which manager owns which fields after a create, an update or a patch."""

import copy
from typing import Any

import pytest

from kuscia_conformance.apiserver.fields import Author, default_manager, track
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.fields.given import (
    CONFIG_MAP,
    LATER,
    NOW,
    TASK,
    applied,
    config_map,
    owners,
    task,
    tracked,
)


def test_all_of_a_new_object_belongs_to_its_creator() -> None:
    new = config_map({"a": "1"}, labels={"b": "2"}, uid="u", resourceVersion="1", generation=1)
    labels: Obj = {".": {}, "f:b": {}}
    assert track(None, new, CONFIG_MAP, Author("me", "v1", NOW)) == [
        {
            "manager": "me",
            "operation": "Update",
            "apiVersion": "v1",
            "time": NOW,
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {".": {}, "f:a": {}}, "f:metadata": {"f:labels": labels}},
        }
    ]


def test_an_object_without_fields_has_no_managers() -> None:
    assert tracked(None, config_map({}, labels={}), CONFIG_MAP) == []


def test_a_changed_field_belongs_to_the_manager_that_changed_it() -> None:
    old = config_map({"a": "1", "b": "1"})
    tracked(None, old, CONFIG_MAP, "a")
    new = config_map({"a": "2", "b": "1", "c": "1"})
    tracked(old, new, CONFIG_MAP, "b")
    assert owners(new) == {
        "a": {"f:data": {".": {}, "f:b": {}}},
        "b": {"f:data": {"f:a": {}, "f:c": {}}},
    }


def test_an_update_takes_a_changed_field_from_its_applier_too() -> None:
    old = applied(None, config_map({"a": "1"}))
    new = config_map({"a": "2"})
    tracked(old, new, CONFIG_MAP, "b")
    assert owners(new) == {"b": {"f:data": {"f:a": {}}}}


def test_a_removed_field_belongs_to_no_manager() -> None:
    old = config_map({"a": "1", "b": "1"})
    tracked(None, old, CONFIG_MAP)
    new = config_map({"b": "1"})
    tracked(old, new, CONFIG_MAP, "b")
    assert owners(new) == {"a": {"f:data": {".": {}, "f:b": {}}}}


def test_the_time_of_an_entry_is_that_of_its_last_change() -> None:
    old = config_map({"a": "1"})
    tracked(None, old, CONFIG_MAP)
    same, other = config_map({"a": "1"}), config_map({"a": "2"})
    assert tracked(old, same, CONFIG_MAP, now=LATER)[0]["time"] == NOW
    assert tracked(old, other, CONFIG_MAP, now=LATER)[0]["time"] == LATER


def test_each_subresource_and_version_has_its_own_entry() -> None:
    old = task(spec={"initiator": "a"})
    tracked(None, old, TASK)
    new = task(spec={"initiator": "a"}, status={"phase": "x"})
    tracked(old, new, TASK, sub="status")
    newest = task(spec={"initiator": "b"}, status={"phase": "x"})
    entries = tracked(new, newest, TASK, version="v2")
    assert [(e["apiVersion"], e.get("subresource"), e["fieldsV1"]) for e in entries] == [
        ("v1", None, {"f:spec": {}}),
        ("v1", "status", {"f:status": {".": {}, "f:phase": {}}}),
        ("v2", None, {"f:spec": {"f:initiator": {}}}),
    ]


def test_fields_that_a_subresource_does_not_write_keep_their_owners() -> None:
    old = task(spec={"initiator": "a"})
    tracked(None, old, TASK)
    new = task(spec={"initiator": "b"}, status={"phase": "x"})
    entries = track(old, new, TASK, Author("b", "v1", NOW, "status", {"f:spec": {}}))
    assert {e["manager"]: e["fieldsV1"] for e in entries} == {
        "a": {"f:spec": {".": {}, "f:initiator": {}}},
        "b": {"f:status": {".": {}, "f:phase": {}}},
    }


GIVEN = [
    {
        "manager": "z",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {"f:zz": {}}},
    }
]


@pytest.mark.parametrize(
    ("given", "managers"),
    [
        (None, ["a"]),
        (GIVEN, ["z"]),
        ([], []),
        ([{}], []),
        ([{**GIVEN[0], "operation": "Foo"}], ["a"]),
        ([{**GIVEN[0], "apiVersion": ""}], ["a"]),
        ([{**GIVEN[0], "fieldsType": "FieldsV2"}], ["a"]),
        ([{**GIVEN[0], "fieldsV1": {"data": {}}}], ["a"]),
        (["x"], ["a"]),
    ],
)
def test_managed_fields_sent_by_a_writer_replace_them_only_if_valid(
    given: Any, managers: list[str]
) -> None:
    old = config_map({"a": "1"})
    tracked(None, old, CONFIG_MAP)
    new = config_map({"a": "1"}, managedFields=copy.deepcopy(given))
    assert [entry["manager"] for entry in tracked(old, new, CONFIG_MAP, "b")] == managers


def test_an_empty_managed_fields_list_does_not_reset_a_custom_object() -> None:
    old = task(spec={"initiator": "a"})
    tracked(None, old, TASK)
    new = task(spec={"initiator": "a"})
    new["metadata"]["managedFields"] = []
    assert tracked(old, new, TASK, "b") == old["metadata"]["managedFields"]


def test_a_write_to_a_subresource_cannot_set_managed_fields() -> None:
    old = config_map({"a": "1"})
    tracked(None, old, CONFIG_MAP)
    new = config_map({"a": "1"}, managedFields=[])
    assert tracked(old, new, CONFIG_MAP, sub="status") == old["metadata"]["managedFields"]


def test_an_object_without_managed_fields_is_no_longer_tracked() -> None:
    assert tracked(config_map({"a": "1"}), config_map({"a": "2"}), CONFIG_MAP) == []


def test_the_oldest_update_entries_are_merged_into_ancient_changes() -> None:
    obj = applied(None, config_map({"applied": "1"}), manager="applier")
    for number in range(13):
        new = config_map({**obj["data"], f"u{number:02}": "1"})
        tracked(obj, new, CONFIG_MAP, f"u{number:02}", now=f"2024-01-01T00:00:{number:02}Z")
        obj = new
    assert [e["manager"] for e in obj["metadata"]["managedFields"]] == [
        "applier",
        "ancient-changes",
        *(f"u{number:02}" for number in range(4, 13)),
    ]
    ancient = owners(obj)["ancient-changes"]
    assert ancient == {"f:data": {f"f:u{number:02}": {} for number in range(4)}}


def test_entries_of_appliers_come_first_and_the_newest_update_last() -> None:
    obj = config_map({"a": "1"})
    tracked(None, obj, CONFIG_MAP, "z")
    newer = config_map({"a": "1", "b": "1"})
    tracked(obj, newer, CONFIG_MAP, "c", now=LATER)
    newest = applied(newer, config_map({"d": "1"}), manager="y")
    assert list(owners(newest)) == ["y", "z", "c"]


def test_tracking_does_not_change_its_arguments() -> None:
    old, new = config_map({"a": "1"}), config_map({"a": "2"})
    tracked(None, old, CONFIG_MAP)
    before = copy.deepcopy((old, new))
    track(old, new, CONFIG_MAP, Author("b", "v1", NOW))
    assert (old, new) == before


@pytest.mark.parametrize(
    ("user_agent", "manager"),
    [
        ("kubectl/v1.34.4 (linux/amd64) kubernetes/1234", "kubectl"),
        ("no-slash", "no-slash"),
        ("", ""),
        ("a\tb/c", "ab"),
        ("x" * 200, "x" * 128),
        ("ä" * 100, "ä" * 64),
    ],
)
def test_the_default_manager_is_derived_from_the_user_agent(user_agent: str, manager: str) -> None:
    assert default_manager(user_agent) == manager
