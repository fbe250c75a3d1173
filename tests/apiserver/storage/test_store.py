"""Compares the store with a model: the current objects, past states, and the order of changes."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.storage.store import Store
from tests.apiserver.given import CONFIGMAPS, config_map, in_process, told

KIND, OTHER = ("", "configmaps"), ("", "secrets")
#: A short history, so that the store forgets old changes often.
KEEP = 4

namespaces = st.sampled_from(["", "a", "b"])
names = st.sampled_from("xyz")
labels = st.dictionaries(st.just("l"), st.sampled_from("12"), max_size=1)


def an_object(namespace, name, labels):
    metadata = {"namespace": namespace, "name": name, "uid": f"{namespace}/{name}"}
    return {"apiVersion": "v1", "kind": "X", "metadata": {**metadata, "labels": labels}}


class StoreBesideAModel(RuleBasedStateMachine):
    """Runs random operations on a store and on a model that keeps every state and change."""

    def __init__(self):
        super().__init__()
        self.store = Store(KEEP)
        self.collection = self.store.collection(KIND)
        self.states: dict[int, Any] = {self.store.version: {}}
        self.changes: list[Any] = []
        self.told: list[Any] = []
        self.store.listeners.append(lambda kind, change: self.told.append((kind, change)))

    def note(self, type_, key, labels):
        version = self.store.version
        state = dict(self.states[max(self.states)])
        if type_ == "DELETED":
            del state[key]
        else:
            state[key] = (version, labels)
        self.states[version] = state
        self.changes.append((version, type_, key, labels))

    @property
    def now(self):
        return self.states[max(self.states)]

    @rule(namespace=namespaces, name=names, labels=labels)
    def put(self, namespace, name, labels):
        type_ = "MODIFIED" if (namespace, name) in self.now else "ADDED"
        before = self.store.version
        kept = self.store.put(KIND, an_object(namespace, name, labels), {})
        assert kept.version == self.store.version == before + 1
        assert kept.object()["metadata"]["resourceVersion"] == str(kept.version)
        self.note(type_, (namespace, name), labels)

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def remove(self, data):
        key = data.draw(st.sampled_from(sorted(self.now)))
        labels = self.now[key][1]
        self.store.remove(KIND, an_object(key[0], key[1], labels), {})
        self.note("DELETED", key, labels)

    @rule()
    def write_another_kind(self):
        self.store.put(OTHER, an_object("a", "x", {}), {})

    @rule(keep=st.integers(0, KEEP))
    def compact(self, keep):
        self.collection.compact(keep)

    @invariant()
    def the_current_objects_equal_those_of_the_model(self):
        assert seen(self.collection.objects) == self.now
        for namespace in ("", "a", "b"):
            listed = [stored.key for stored in self.collection.in_namespace(namespace)]
            assert listed == sorted(key for key in self.now if namespace in ("", key[0]))

    @invariant()
    def past_states_equal_those_of_the_model_or_are_refused(self):
        for version in range(self.store.version + 1):
            if version < self.collection.compacted:
                with pytest.raises(StatusError, match="too old resource version"):
                    self.collection.at(version)
            else:
                state = max((v for v in self.states if v <= version), default=None)
                assert seen(self.collection.at(version)) == (self.states[state] if state else {})

    @invariant()
    def changes_after_a_version_are_in_the_order_of_the_model(self):
        for version in range(self.store.version + 1):
            if version < self.collection.compacted:
                continue
            found = self.collection.since(self.collection.position(version))
            expected = [each for each in self.changes if each[0] > version]
            assert [told_of(change) for change in found] == expected

    @invariant()
    def the_log_has_less_than_twice_the_kept_length(self):
        assert len(self.collection.log) < 2 * KEEP

    @invariant()
    def listeners_get_each_change_once(self):
        told = [told_of(change) for kind, change in self.told if kind == KIND]
        assert told == self.changes


def seen(objects):
    return {key: (stored.version, dict(stored.labels)) for key, stored in objects.items()}


def told_of(change):
    return change.version, change.type, change.new.key, dict(change.new.labels)


StoreBesideAModel.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, derandomize=True, database=None
)
TestStoreBesideAModel = StoreBesideAModel.TestCase


def test_the_pages_of_a_list_show_one_state_despite_writes_in_between(cluster):
    for number in range(10):
        cluster.create(CONFIGMAPS, config_map(f"m{number}"))
    names, token, versions = [], "", set()
    while True:
        page = cluster.read(CONFIGMAPS, limit="3", **({"continue": token} if token else {}))
        names += [each["metadata"]["name"] for each in page["items"]]
        versions.add(page["metadata"]["resourceVersion"])
        token = page["metadata"].get("continue", "")
        if not token:
            break
        cluster.create(CONFIGMAPS, config_map(f"m5-{len(names)}"))
        cluster.ask("DELETE", f"{CONFIGMAPS}/m9")
    assert names == [f"m{number}" for number in range(10)]
    assert len(versions) == 1


def test_a_page_of_a_compacted_state_is_answered_with_410():
    with in_process(history=3) as cluster:
        for number in range(4):
            cluster.create(CONFIGMAPS, config_map(f"m{number}"))
        token = cluster.read(CONFIGMAPS, limit="2")["metadata"]["continue"]
        for number in range(20):
            cluster.create(CONFIGMAPS, config_map(f"n{number}"))
        status = told(cluster.ask("GET", CONFIGMAPS, limit="2", **{"continue": token}), 410)
        assert status["reason"] == "Expired"


def test_a_reader_cannot_change_a_stored_object(cluster):
    cluster.create(CONFIGMAPS, config_map("a"))
    stored = cluster.server.store.get(KIND, "default", "a")
    stored.object()["data"]["a"] = "changed"
    assert cluster.read(f"{CONFIGMAPS}/a")["data"] == {"a": "b"}
