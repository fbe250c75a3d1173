"""Who owns what after a create, an update or a patch."""

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


def test_nobody_owns_an_object_without_fields() -> None:
    assert tracked(None, config_map({}, labels={}), CONFIG_MAP) == []


def test_what_is_changed_goes_over_to_whoever_changes_it() -> None:
    old = config_map({"a": "1", "b": "1"})
    tracked(None, old, CONFIG_MAP, "a")
    new = config_map({"a": "2", "b": "1", "c": "1"})
    tracked(old, new, CONFIG_MAP, "b")
    assert owners(new) == {
        "a": {"f:data": {".": {}, "f:b": {}}},
        "b": {"f:data": {"f:a": {}, "f:c": {}}},
    }


def test_it_is_taken_from_appliers_too() -> None:
    old = applied(None, config_map({"a": "1"}))
    new = config_map({"a": "2"})
    tracked(old, new, CONFIG_MAP, "b")
    assert owners(new) == {"b": {"f:data": {"f:a": {}}}}


def test_what_is_gone_belongs_to_nobody() -> None:
    old = config_map({"a": "1", "b": "1"})
    tracked(None, old, CONFIG_MAP)
    new = config_map({"b": "1"})
    tracked(old, new, CONFIG_MAP, "b")
    assert owners(new) == {"a": {"f:data": {".": {}, "f:b": {}}}}


def test_the_time_is_that_of_the_last_change() -> None:
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


def test_what_cannot_be_written_counts_for_nothing() -> None:
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
def test_what_a_writer_may_do_to_the_managers(given: Any, managers: list[str]) -> None:
    old = config_map({"a": "1"})
    tracked(None, old, CONFIG_MAP)
    new = config_map({"a": "1"}, managedFields=copy.deepcopy(given))
    assert [entry["manager"] for entry in tracked(old, new, CONFIG_MAP, "b")] == managers


def test_a_custom_object_keeps_its_managers_where_it_comes_with_an_empty_list() -> None:
    old = task(spec={"initiator": "a"})
    tracked(None, old, TASK)
    new = task(spec={"initiator": "a"})
    new["metadata"]["managedFields"] = []
    assert tracked(old, new, TASK, "b") == old["metadata"]["managedFields"]


def test_by_a_subresource_the_managers_cannot_be_set() -> None:
    old = config_map({"a": "1"})
    tracked(None, old, CONFIG_MAP)
    new = config_map({"a": "1"}, managedFields=[])
    assert tracked(old, new, CONFIG_MAP, sub="status") == old["metadata"]["managedFields"]


def test_without_managers_nothing_is_tracked_any_more() -> None:
    assert tracked(config_map({"a": "1"}), config_map({"a": "2"}), CONFIG_MAP) == []


def test_the_oldest_updates_become_one_entry() -> None:
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


def test_entries_are_those_of_appliers_first_and_the_newest_last() -> None:
    obj = config_map({"a": "1"})
    tracked(None, obj, CONFIG_MAP, "z")
    newer = config_map({"a": "1", "b": "1"})
    tracked(obj, newer, CONFIG_MAP, "c", now=LATER)
    newest = applied(newer, config_map({"d": "1"}), manager="y")
    assert list(owners(newest)) == ["y", "z", "c"]


def test_no_object_that_is_given_is_changed() -> None:
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
def test_the_manager_of_a_writer_that_names_none(user_agent: str, manager: str) -> None:
    assert default_manager(user_agent) == manager
