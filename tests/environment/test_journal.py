"""Tests the journal of watched objects, and the history of a scenario."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from kuscia_conformance.environment.journal import Journal, Version
from kuscia_conformance.errors import Expired, Unreachable
from kuscia_conformance.kube.client import Api, Event
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import CONFIG_MAPS, NODES, PODS
from kuscia_conformance.kube.world import World
from kuscia_conformance.scenario.history import History
from kuscia_conformance.scenario.names import Names

T = datetime(2024, 1, 1, tzinfo=UTC)
NAMES = Names("ghkmnp")


def pod(namespace="alice-ghkmnp", name="psi-ghkmnp-0", version="1", **status):
    metadata = {"name": name, "namespace": namespace, "resourceVersion": version}
    return {"kind": "Pod", "metadata": metadata, "spec": {}, "status": status}


def version(obj, event="MODIFIED", resource=PODS, at=0):
    return Version(T + timedelta(seconds=at), event, resource, obj, obj)


def history(*versions):
    found = History(Journal(), NAMES)
    for each in versions:
        found.journal.add(each)
    found.update()
    return found


def test_a_history_contains_only_objects_of_its_scenario_under_plain_names():
    found = history(
        version(pod()), version(pod(namespace="alice-gggggg")), version(pod("kube-system"))
    )
    assert [v.key for v in found.versions] == ["alice/psi-0"]
    assert found.versions[0].real["metadata"]["namespace"] == "alice-ghkmnp"


def test_tasks_belong_to_a_scenario_by_name_and_nodes_by_borrowing():
    task = {"metadata": {"name": "psi-ghkmnp", "namespace": "cross-domain"}}
    other = {"metadata": {"name": "psi-gggggg", "namespace": "cross-domain"}}
    found = History(Journal(), NAMES, nodes={"node-1"})
    for obj, resource in [(task, KUSCIA_TASKS), (other, KUSCIA_TASKS)]:
        found.journal.add(version(obj, resource=resource))
    for name in ("node-1", "node-2"):
        found.journal.add(version({"metadata": {"name": name}}, resource=NODES))
    found.update()
    assert [v.key for v in found.versions] == ["cross-domain/psi", "node-1"]


def test_versions_from_before_the_scenario_are_not_in_its_history():
    journal = Journal()
    journal.add(version(pod()))
    found = History(journal, NAMES)
    found.update()
    assert found.versions == []


def test_the_certificate_that_kubernetes_puts_into_each_namespace_is_left_out():
    authority = {"metadata": {"name": "kube-root-ca.crt", "namespace": "alice-ghkmnp"}}
    own = {"metadata": {"name": "psi-config", "namespace": "alice-ghkmnp"}}
    found = history(*(version(obj, resource=CONFIG_MAPS) for obj in (authority, own)))
    assert [v.key for v in found.versions] == ["alice/psi-config"]


def test_latest_leaves_out_deleted_objects():
    kept, gone = pod(name="psi-ghkmnp-0"), pod(name="psi-ghkmnp-1")
    found = history(version(kept), version(gone), version(gone, "DELETED"))
    assert list(found.latest(PODS)) == ["alice/psi-0"]


def test_waiting_ends_with_the_expected_event():
    found = History(Journal(), NAMES)
    threading.Timer(0.05, lambda: found.journal.add(version(pod(phase="Running")))).start()
    seen = found.until(lambda: found.of(PODS, "alice/psi-0") or None, 30)
    assert seen is not None
    assert seen[0].object["status"] == {"phase": "Running"}


def test_waiting_returns_none_after_its_timeout():
    found = History(Journal(), NAMES)
    assert found.until(lambda: None, 0.01) is None


class LateJournal(Journal):
    """A journal into which an event comes while a step waits, and wakes it."""

    comes_at = 0.0

    def wait_beyond(self, count, seconds):
        self.add(version(pod(phase="Running"), at=self.comes_at))
        return True


@pytest.mark.parametrize(("comes_at", "is_found"), [(2.9, True), (3, True), (3.1, False)])
def test_the_moment_of_an_event_decides_whether_it_came_in_time(comes_at, is_found):
    journal = LateJournal(now=lambda: T)
    journal.comes_at = comes_at
    found = History(journal, NAMES)
    seen = found.until(lambda: found.of(PODS, "alice/psi-0") or None, 3)
    assert (seen is not None) is is_found
    assert len(found.versions) == is_found


def test_an_event_from_after_the_deadline_is_not_looked_at_though_it_is_there_already():
    found = History(Journal(now=lambda: T), NAMES)
    for at in (1, 4):
        found.journal.add(version(pod(version=str(at)), at=at))
    seen = []
    assert found.until(lambda: seen.append(len(found.versions)), 3) is None
    assert seen == [0, 1]


def test_a_wait_sees_one_event_after_the_other():
    found = history()
    for number in range(3):
        found.journal.add(version(pod(version=str(number))))
    assert found.until(lambda: len(found.versions) == 2 or None, 30)
    assert len(found.versions) == 2


class FakeApi:
    """Answers lists and watches from a script; an exception among the events is raised."""

    def __init__(self, lists, watches):
        self.lists, self.watches, self.asked = iter(lists), iter(watches), []

    async def list(self, resource, *, labels="", fields=""):
        return next(self.lists)

    async def watch(self, resource, *, version, labels="", fields=""):
        self.asked.append(version)
        for event in next(self.watches):
            if isinstance(event, BaseException):
                raise event
            yield event


class QuickWorld(World):
    """A world whose sleeps end in the next turn of the loop."""

    async def sleep(self, seconds):
        await asyncio.sleep(0)


def keep(lists, watches):
    """Returns the versions that a journal recorded, and the versions from which it watched."""
    api = FakeApi(lists, [*watches, [asyncio.CancelledError()]])
    journal = Journal()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(journal.keep(QuickWorld(cast(Api, api)), PODS, lambda: None))
    noted = [(v.event, v.key, v.object["metadata"]["resourceVersion"]) for v in journal.versions]
    return noted, api.asked


KEY = "alice-ghkmnp/psi-ghkmnp-0"


def test_a_broken_watch_is_resumed_from_its_last_version():
    watches = [[Event("MODIFIED", pod(version="7")), Unreachable("gone")], []]
    noted, asked = keep([([pod(version="5")], "5")], watches)
    assert noted == [("ADDED", KEY, "5"), ("MODIFIED", KEY, "7")]
    assert asked == ["5", "7", "7"]


def test_after_compaction_a_new_list_provides_the_missed_changes():
    other = pod(name="new-ghkmnp", version="9")
    lists = [([pod(version="5")], "5"), ([other], "9")]
    noted, asked = keep(lists, [[Expired(410, "Expired", "too old")]])
    assert noted == [
        ("ADDED", KEY, "5"),
        ("DELETED", KEY, "5"),
        ("ADDED", "alice-ghkmnp/new-ghkmnp", "9"),
    ]
    assert asked == ["5", "9"]


def test_bookmarks_advance_the_version_without_being_recorded():
    bookmark = Event("BOOKMARK", {"metadata": {"resourceVersion": "8"}})
    noted, asked = keep([([], "5")], [[bookmark]])
    assert noted == []
    assert asked == ["5", "8"]
