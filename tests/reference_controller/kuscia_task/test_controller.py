"""Whom a change concerns, and what is looked at."""

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
def test_whom_a_change_concerns(resource, obj, keys):
    cache = cache_of((KUSCIA_TASKS, task()))
    assert list(TASKS.keys(resource, obj, cache)) == keys


def test_who_has_all_that_he_needs_waits_for_nothing():
    cache = cache_of((KUSCIA_TASKS, task(status={"phase": "Running"})))
    assert list(TASKS.keys(APP_IMAGES, named("image"), cache)) == []


def test_a_task_is_seen_with_what_was_made_for_it():
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


def test_an_app_image_and_the_namespaces_are_enough_to_begin():
    image = other(app_image(), uid="i", resourceVersion="1")
    domains = [(NAMESPACES, named(domain)) for domain in ("alice", "bob")]
    cache = cache_of((KUSCIA_TASKS, task()), (APP_IMAGES, image), *domains)
    assert look(cache).plan.kits == new(image=image).plan.kits


def test_what_a_deleted_task_left_is_seen_under_its_name():
    cache = cache_of((PODS, POD), (TASK_RESOURCE_GROUPS, MADE.group))
    seen = look(cache)
    assert seen.task is None
    assert {resource for resource, _ in seen.leftovers} == {PODS, TASK_RESOURCE_GROUPS}


def test_a_successor_does_not_take_over_what_its_predecessor_left():
    cache = cache_of((KUSCIA_TASKS, other(task(), uid="successor")), (PODS, POD))
    seen = look(cache)
    assert seen.pods == ()
    assert seen.leftovers == ((PODS, POD),)


def test_a_successor_waits_for_what_is_on_its_way_out():
    ending = other(POD, deletionTimestamp="2024-01-01T00:00:00Z")
    cache = cache_of((KUSCIA_TASKS, other(task(), uid="successor")), (PODS, ending))
    seen = look(cache)
    assert not seen.leftovers
    assert seen.predecessor


def test_what_goes_with_its_owner_is_left_to_the_garbage_collector():
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
def test_some_tasks_are_set_aside(metadata, status, seen):
    cache = cache_of((KUSCIA_TASKS, other(task(status=status), **metadata)))
    assert (TASKS.observe(cache, "psi", T) is not None) is seen


def test_the_ports_in_use_are_looked_up_while_they_matter():
    cache = cache_of((KUSCIA_TASKS, task()), *((PODS, pod) for pod in MADE.pods))
    seen = look(cache)
    assert 8080 in seen.taken["alice"]
    created = {"conditions": [{"type": "ResourceCreated", "status": "True"}]}
    cache = cache_of((KUSCIA_TASKS, task(status=created)))
    assert look(cache).taken == {}


def test_the_lock_is_the_task_s_name():
    assert TASKS.lock("psi") == "psi"
    assert MADE.task["metadata"]["uid"] == UID
