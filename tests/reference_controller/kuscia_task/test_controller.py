"""Tests which tasks an event queues, and which objects a task is observed with."""

import pytest

from kuscia_conformance.kube.kuscia import (
    APP_IMAGES,
    KUSCIA_TASKS,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
)
from kuscia_conformance.kube.objects import NAMESPACES, NODES, PODS
from reference_controller import names
from reference_controller.cache import Cache
from reference_controller.kuscia_task.controller import KusciaTasks
from tests.reference_controller.kuscia_task.given import UID, T, app_image, made, new, task

TASKS = KusciaTasks()


def cache_of(*objects):
    cache = Cache()
    for resource, obj in objects:
        cache.put(resource, obj)
    return cache


def look(cache):
    seen = TASKS.observe(cache, "psi", T)
    assert seen is not None
    return seen


def named(name, **metadata):
    return {"metadata": {"name": name, "uid": name, "resourceVersion": "1", **metadata}}


def other(obj, **metadata):
    return {**obj, "metadata": {**obj["metadata"], **metadata}}


MADE = made()
POD = MADE.pods[0]
STRANGER = {**named("web-0", namespace="alice"), "spec": {"containers": []}}


@pytest.mark.parametrize(
    ("resource", "obj", "keys"),
    [
        (KUSCIA_TASKS, task(), ["psi"]),
        (KUSCIA_TASKS, other(task(), namespace="default"), []),
        (PODS, POD, ["psi"]),
        (TASK_RESOURCE_GROUPS, MADE.group, ["psi"]),
        (PODS, STRANGER, []),
        (PODS, other(POD, labels={}), []),
        (APP_IMAGES, named("image"), ["psi"]),
        (APP_IMAGES, named("other"), []),
        (NAMESPACES, named("bob"), ["psi"]),
        (NODES, named("n1"), []),
    ],
)
def test_an_event_queues_only_the_tasks_that_it_affects(resource, obj, keys):
    cache = cache_of((KUSCIA_TASKS, task()))
    assert list(TASKS.keys(resource, obj, cache)) == keys


def test_an_app_image_event_does_not_queue_a_running_task():
    cache = cache_of((KUSCIA_TASKS, task(status={"phase": "Running"})))
    assert list(TASKS.keys(APP_IMAGES, named("image"), cache)) == []


def test_a_task_is_observed_with_the_objects_created_for_it():
    resource = named(
        "psi-1", namespace="alice", labels={names.TASK_RESOURCE_GROUP_UID: "group-uid"}
    )
    objects = [(PODS, pod) for pod in MADE.pods] + [(PODS, STRANGER)]
    cache = cache_of(
        (KUSCIA_TASKS, MADE.task),
        (TASK_RESOURCE_GROUPS, MADE.group),
        (TASK_RESOURCES, {**resource, "spec": {}}),
        *objects,
    )
    seen = look(cache)
    assert seen.pods == MADE.pods
    assert seen.group == MADE.group
    assert len(seen.resources) == 1
    assert not seen.leftovers
    assert not seen.predecessor


def test_a_task_can_be_planned_with_its_app_image_and_namespaces():
    image = other(app_image(), uid="i", resourceVersion="1")
    domains = [(NAMESPACES, named(domain)) for domain in ("alice", "bob")]
    cache = cache_of((KUSCIA_TASKS, task()), (APP_IMAGES, image), *domains)
    assert look(cache).plan.kits == new(image=image).plan.kits


def test_leftovers_of_a_deleted_task_are_observed_under_its_name():
    cache = cache_of((PODS, POD), (TASK_RESOURCE_GROUPS, MADE.group))
    seen = look(cache)
    assert seen.task is None
    assert {resource for resource, _ in seen.leftovers} == {PODS, TASK_RESOURCE_GROUPS}


def test_a_successor_does_not_adopt_the_objects_of_its_predecessor():
    cache = cache_of((KUSCIA_TASKS, other(task(), uid="successor")), (PODS, POD))
    seen = look(cache)
    assert seen.pods == ()
    assert seen.leftovers == ((PODS, POD),)


def test_a_successor_waits_for_terminating_pods_of_its_predecessor():
    ending = other(POD, deletionTimestamp="2024-01-01T00:00:00Z")
    cache = cache_of((KUSCIA_TASKS, other(task(), uid="successor")), (PODS, ending))
    seen = look(cache)
    assert not seen.leftovers
    assert seen.predecessor


def test_leftovers_with_an_owner_are_left_to_the_garbage_collector():
    owned = other(POD, ownerReferences=[{"uid": "x"}])
    assert TASKS.observe(cache_of((PODS, owned)), "psi", T) is None


@pytest.mark.parametrize(
    ("metadata", "status", "seen"),
    [
        ({"labels": {names.UNSCHEDULABLE: "true"}}, {}, False),
        ({"labels": {names.UNSCHEDULABLE: "true"}}, {"phase": "Failed"}, True),
        ({"labels": {names.UNSCHEDULABLE: "false"}}, {}, True),
        ({"deletionTimestamp": "2024-01-01T00:00:00Z"}, {}, False),
    ],
)
def test_unschedulable_and_terminating_tasks_are_not_observed(metadata, status, seen):
    cache = cache_of((KUSCIA_TASKS, other(task(status=status), **metadata)))
    assert (TASKS.observe(cache, "psi", T) is not None) is seen


def test_used_ports_are_collected_only_until_resources_are_created():
    cache = cache_of((KUSCIA_TASKS, task()), *((PODS, pod) for pod in MADE.pods))
    seen = look(cache)
    assert 8080 in seen.taken["alice"]
    created = {"conditions": [{"type": "ResourceCreated", "status": "True"}]}
    cache = cache_of((KUSCIA_TASKS, task(status=created)))
    assert look(cache).taken == {}


def test_the_lock_of_a_task_is_its_name():
    assert TASKS.lock("psi") == "psi"
    assert MADE.task["metadata"]["uid"] == UID
