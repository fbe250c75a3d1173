"""Tests how the actions of a decision are sent and put into the cache."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuscia_conformance.errors import AlreadyExists, Conflict, NotFound
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_RESOURCE_GROUPS, TASK_RESOURCES
from kuscia_conformance.kube.objects import CONFIG_MAPS, PODS
from reference_controller import names
from reference_controller.actions import Bind, Create, Delete, Patch, PatchStatus
from reference_controller.cache import Cache
from reference_controller.machine import do
from reference_controller.perform import difference, perform
from tests.reference_controller.fake import FakeWorld, merged, task


def carry_out(world, cache, *stages):
    asyncio.run(perform(world, cache, do(*stages)))


def got(cache, *key):
    found = cache.get(*key)
    assert found is not None
    return found


def pod(name="psi-0", uid="t", **spec):
    labels = {names.TASK_UID: uid}
    metadata = {"name": name, "namespace": "alice", "labels": labels}
    return {"kind": "Pod", "metadata": metadata, "spec": spec}


def stored(world, resource, obj):
    asyncio.run(world.api.create(resource, obj))
    return next(reversed(world.api.objects.values()))


def test_the_answer_to_a_write_is_put_into_the_cache():
    world, cache = FakeWorld(), Cache()
    carry_out(world, cache, Create(PODS, pod()))
    assert got(cache, PODS, "psi-0", "alice")["metadata"]["uid"] == "uid-1"


def test_creating_an_object_that_exists_for_the_same_task_succeeds():
    world, cache = FakeWorld(), Cache()
    before = stored(world, PODS, pod())
    carry_out(world, cache, Create(PODS, pod()))
    assert cache.get(PODS, "psi-0", "alice") == before


def test_creating_an_object_that_exists_for_another_task_fails():
    world, cache = FakeWorld(), Cache()
    stored(world, PODS, pod(uid="other"))
    with pytest.raises(AlreadyExists):
        carry_out(world, cache, Create(PODS, pod()))


def test_creating_an_object_that_exists_with_the_same_owner_succeeds():
    world, cache = FakeWorld(), Cache()
    owners = [{"uid": "g", "controller": True}]
    resource = {"metadata": {"name": "r", "namespace": "alice", "ownerReferences": owners}}
    stored(world, TASK_RESOURCES, resource)
    carry_out(world, cache, Create(TASK_RESOURCES, resource))
    assert cache.get(TASK_RESOURCES, "r", "alice")


def test_a_status_is_patched_by_its_difference():
    world, cache = FakeWorld(), Cache()
    seen = stored(world, KUSCIA_TASKS, task(phase="Pending", reason="x"))
    carry_out(world, cache, PatchStatus(KUSCIA_TASKS, seen, {"phase": "Running"}))
    assert got(cache, KUSCIA_TASKS, "psi", "cross-domain")["status"] == {"phase": "Running"}


def test_an_unchanged_status_is_not_written():
    world, cache = FakeWorld(), Cache()
    seen = stored(world, KUSCIA_TASKS, task(phase="Pending"))
    carry_out(world, cache, PatchStatus(KUSCIA_TASKS, seen, {"phase": "Pending"}))
    assert world.api.requests["patch", "kusciatasks"] == 0


def test_patching_an_old_version_is_a_conflict():
    world, cache = FakeWorld(), Cache()
    seen = stored(world, TASK_RESOURCE_GROUPS, {"metadata": {"name": "psi"}})
    carry_out(world, cache, Patch(TASK_RESOURCE_GROUPS, seen, {"spec": {"a": 1}}))
    with pytest.raises(Conflict):
        carry_out(world, cache, Patch(TASK_RESOURCE_GROUPS, seen, {"spec": {"a": 2}}))


def test_the_status_of_an_object_deleted_in_between_is_not_written():
    world, cache = FakeWorld(), Cache()
    seen = stored(world, KUSCIA_TASKS, task())
    cache.put(KUSCIA_TASKS, seen)
    asyncio.run(world.api.delete(KUSCIA_TASKS, "psi", "cross-domain"))
    carry_out(world, cache, PatchStatus(KUSCIA_TASKS, seen, {"phase": "Running"}))
    assert cache.get(KUSCIA_TASKS, "psi", "cross-domain") is None


@pytest.mark.parametrize("there", ["itself", "nothing", "a successor"])
def test_a_delete_removes_the_object_but_not_its_successor(there):
    world, cache = FakeWorld(), Cache()
    seen = stored(world, CONFIG_MAPS, pod("conf"))
    cache.put(CONFIG_MAPS, seen)
    if there != "itself":
        asyncio.run(world.api.delete(CONFIG_MAPS, "conf", "alice"))
    if there == "a successor":
        stored(world, CONFIG_MAPS, pod("conf"))
    carry_out(world, cache, Delete(CONFIG_MAPS, seen))
    assert cache.get(CONFIG_MAPS, "conf", "alice") is None
    assert bool(world.api.objects) == (there == "a successor")


def test_a_terminating_pod_stays_in_the_cache_with_its_grace_period(monkeypatch):
    world, cache = FakeWorld(), Cache()
    seen = stored(world, PODS, pod())
    cache.put(PODS, seen)
    ending = {"deletionTimestamp": "2024-01-01T00:00:00Z", "deletionGracePeriodSeconds": 30}

    async def delete(*_, **__):
        return {**seen, "metadata": {**seen["metadata"], **ending, "resourceVersion": "99"}}

    monkeypatch.setattr(world.api, "delete", delete)
    carry_out(world, cache, Delete(PODS, seen))
    assert got(cache, PODS, "psi-0", "alice")["metadata"]["deletionGracePeriodSeconds"] == 30


def test_a_bound_pod_is_bound_in_the_cache_too():
    world, cache = FakeWorld(), Cache()
    seen = stored(world, PODS, pod())
    cache.put(PODS, seen)
    carry_out(world, cache, Bind(seen, "n1"))
    assert cache.by(PODS, "node", "n1")


def test_a_failed_stage_prevents_the_next_stage():
    world, cache = FakeWorld(), Cache()
    seen = stored(world, KUSCIA_TASKS, task())
    world.api.faults["create"] = [NotFound(404, "NotFound", "namespace alice")]
    pods = [Create(PODS, pod("psi-0")), Create(PODS, pod("psi-1"))]
    with pytest.raises(NotFound):
        carry_out(world, cache, pods, PatchStatus(KUSCIA_TASKS, seen, {"phase": "Pending"}))
    assert cache.get(PODS, "psi-1", "alice")
    assert world.api.requests["patch", "kusciatasks"] == 0


VALUES = st.recursive(
    st.integers() | st.text("xy", max_size=2) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@given(OBJECTS, OBJECTS)
def test_merging_the_difference_into_the_old_object_gives_the_new_one(old, new):
    assert merged(old, difference(old, new)) == new
    assert difference(new, new) == {}
