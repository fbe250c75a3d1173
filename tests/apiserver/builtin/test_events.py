"""Tests events in both API versions: v1 and events.k8s.io/v1."""

from __future__ import annotations

from typing import Any

import pytest

from kuscia_conformance.apiserver.builtin import strategies
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import causes_of, created, updated, with_metadata

OLD, NEW = ("", "events"), ("events.k8s.io", "events")
ABOUT = {"kind": "Pod", "namespace": "work", "name": "p"}
TIME = "2024-01-01T00:00:00.000000Z"
REPORTED = {"reportingInstance": "i", "action": "A", "reason": "R", "eventTime": TIME}


def old_event(**parts: Any) -> Obj:
    return with_metadata("v1", "Event", "e", **{"involvedObject": ABOUT, **parts})


def new_event(**parts: Any) -> Obj:
    given = {"regarding": ABOUT, **REPORTED, "reportingController": "a.com/b", "type": "Normal"}
    return with_metadata("events.k8s.io/v1", "Event", "e", **{**given, **parts})


def test_a_v1_event_gets_the_fields_that_golang_always_writes() -> None:
    assert created(OLD, old_event()) == {
        **old_event(),
        "source": {},
        "firstTimestamp": None,
        "lastTimestamp": None,
        "eventTime": None,
        "reportingComponent": "",
        "reportingInstance": "",
    }


def test_an_events_k8s_io_event_is_stored_as_v1_and_converted_back() -> None:
    strategy = strategies()[NEW]
    event = created(NEW, new_event(note="n", deprecatedCount=3, series={"count": 2}))
    stored = strategy.to_stored(event)
    assert (stored["apiVersion"], stored["message"], stored["count"]) == ("v1", "n", 3)
    assert stored["involvedObject"] == ABOUT
    assert strategy.from_stored(stored) == event


def test_a_v1_event_is_readable_as_an_events_k8s_io_event() -> None:
    event = created(OLD, old_event(message="m", source={"component": "c"}, count=3))
    assert strategies()[NEW].from_stored(event) == with_metadata(
        "events.k8s.io/v1",
        "Event",
        "e",
        regarding=ABOUT,
        note="m",
        deprecatedSource={"component": "c"},
        deprecatedCount=3,
        deprecatedFirstTimestamp=None,
        deprecatedLastTimestamp=None,
        eventTime=None,
    )


@pytest.mark.parametrize("about", [{}, {"namespace": "other"}])
def test_an_event_must_be_in_the_namespace_of_its_object(about: Obj) -> None:
    shown = about.get("namespace", "")
    said = f'involvedObject.namespace: Invalid value: "{shown}": does not match event.namespace'
    assert causes_of(OLD, old_event(involvedObject=about)) == [said]


def test_an_event_about_a_cluster_scoped_object_may_be_in_default() -> None:
    event = old_event(involvedObject={"kind": "Node", "name": "n"})
    event["metadata"]["namespace"] = "default"
    assert not causes_of(OLD, event)


@pytest.mark.parametrize(
    ("parts", "causes"),
    [
        ({}, []),
        ({"action": ""}, ["action: Required value"]),
        ({"reason": "x" * 129}, ['reason: Invalid value: "": can have at most 128 characters']),
        ({"note": "x" * 1025}, ['message: Invalid value: "": can have at most 1024 characters']),
        ({"eventTime": None}, ["eventTime: Required value"]),
        ({"type": "x"}, ['type: Invalid value: "": has invalid value: x']),
        ({"deprecatedCount": 3}, ['count: Invalid value: "": needs to be unset']),
        (
            {"series": {"count": 1}},
            [
                'series.count: Invalid value: "": should be at least 2',
                "series.lastObservedTime: Required value",
            ],
        ),
    ],
)
def test_an_events_k8s_io_event_must_be_complete(parts: Obj, causes: list[str]) -> None:
    assert causes_of(NEW, new_event(**parts)) == causes


def test_only_the_series_of_an_events_k8s_io_event_can_be_changed() -> None:
    old = created(NEW, new_event())
    series = {"count": 3, "lastObservedTime": TIME}
    assert updated(NEW, old, new_event(series=series))[1] == []
    said = 'message: Invalid value: "x": field is immutable'
    assert updated(NEW, old, new_event(note="x"))[1] == [said]


@pytest.mark.parametrize("key", [OLD, NEW])
def test_a_stored_event_is_selectable_by_the_field_names_of_both_versions(
    key: tuple[str, str],
) -> None:
    strategy = strategies()[key]
    stored = created(OLD, old_event(source={"component": "c"}, reason="R"))
    fields = strategy.fields(stored)
    assert set(strategy.selectable) <= set(fields)
    assert fields["involvedObject.name"] == fields["regarding.name"] == "p"
    assert (fields["source"], fields["reason"]) == ("c", "R")
