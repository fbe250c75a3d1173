"""Carries out decisions: sends the requests, and puts their answers into the cache.

An action may be repeated: an object that exists already, or is gone already, is a success.
Other refusals of the API server are raised as its `ApiError`, with one exception: if it refuses
to create an object of a task and will always refuse it, the refusal is only noted in the cache.
The task's machine sees it there, and fails the task.
"""

from __future__ import annotations

import asyncio
from typing import Any

from kuscia_conformance.errors import AlreadyExists, ApiError, Conflict, NotFound
from kuscia_conformance.kube.kuscia import TASK_RESOURCES
from kuscia_conformance.kube.objects import (
    PODS,
    Obj,
    Resource,
    key_of,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from kuscia_conformance.kube.world import World
from reference_controller import names
from reference_controller.actions import Action, Bind, Create, Delete, Patch, PatchStatus
from reference_controller.cache import Cache, Refusal
from reference_controller.machine import Decision

#: Codes that the API server always answers to the same object: malformed, too large, invalid.
_FINAL = frozenset({400, 413, 422})
#: Codes of refusals that may end: a quota or a role forbids the object, its namespace does not
#: exist, its name is taken.
_FOR_NOW = frozenset({403, 404, 409})


async def perform(world: World, cache: Cache, decision: Decision) -> None:
    """Carries out the stages in turn.

    If an action fails, the other actions of its stage still end, and then the error is raised;
    later stages are not begun.
    """
    for stage in decision.stages:
        done = await asyncio.gather(
            *(perform_one(world, cache, action) for action in stage), return_exceptions=True
        )
        for outcome in done:
            if outcome is not None:
                raise outcome


async def perform_one(world: World, cache: Cache, action: Action) -> None:
    """Carries out one action, and raises the `ApiError` (a `Conflict`, for example) if it fails.

    A TaskResource has no status subresource: its status is part of the object.
    """
    match action:
        case Create(resource, obj):
            await _create(world, cache, resource, obj)
        case PatchStatus(resource, seen, status):
            if patch := difference(seen.get("status") or {}, status):
                sub = "" if resource == TASK_RESOURCES else "status"
                await _patch(world, cache, resource, seen, {"status": patch}, sub)
        case Patch(resource, seen, patch):
            await _patch(world, cache, resource, seen, patch, "")
        case Delete(resource, seen):
            await _delete(world, cache, resource, seen)
        case Bind(pod, node):
            await _bind(world, cache, pod, node)


async def _create(world: World, cache: Cache, resource: Resource, obj: Obj) -> None:
    """Creates the object; a refusal for good of a task's object is noted instead of raised."""
    try:
        answer = await _create_or_find(world, resource, obj)
    except ApiError as error:
        if refusal := _refusal(resource, obj, error):
            cache.refuse(resource, refusal)
        if not (refusal and refusal.final and names.TASK_UID in labels_of(obj)):
            raise
    else:
        cache.put(resource, answer)


def _refusal(resource: Resource, obj: Obj, error: ApiError) -> Refusal | None:
    if error.code not in {*_FINAL, *_FOR_NOW}:
        return None
    party = f"party {namespace_of(obj)}: " if namespace_of(obj) else ""
    what = f"{resource.kind} {key_of(obj)}"
    message = f"{party}the API server refused {what} ({error.code}): {error.message}"
    return Refusal(obj, message, error.code in _FINAL)


async def _create_or_find(world: World, resource: Resource, obj: Obj) -> Obj:
    try:
        return await world.api.create(resource, obj)
    except AlreadyExists:
        there = await world.api.get(resource, name_of(obj), namespace_of(obj))
        if _same_owner(obj, there):
            return there
        raise


def _same_owner(wanted: Obj, there: Obj) -> bool:
    task, owner = labels_of(wanted).get(names.TASK_UID), _controller_uid(wanted)
    same_task = bool(task) and labels_of(there).get(names.TASK_UID) == task
    return same_task or (bool(owner) and _controller_uid(there) == owner)


def _controller_uid(obj: Obj) -> str | None:
    owners = obj["metadata"].get("ownerReferences") or []
    return next((owner["uid"] for owner in owners if owner.get("controller")), None)


async def _patch(
    world: World, cache: Cache, resource: Resource, seen: Obj, patch: Obj, sub: str
) -> None:
    version = {"resourceVersion": seen["metadata"]["resourceVersion"]}
    exact = {**patch, "metadata": {**patch.get("metadata", {}), **version}}
    try:
        answer = await world.api.patch(resource, name_of(seen), namespace_of(seen), exact, sub=sub)
    except NotFound:  # the object was deleted since it was seen: there is nothing to change
        cache.drop(resource, seen)
    else:
        cache.put(resource, answer)


async def _delete(world: World, cache: Cache, resource: Resource, seen: Obj) -> None:
    uid = uid_of(seen)
    try:
        answer = await world.api.delete(resource, name_of(seen), namespace_of(seen), uid=uid)
    except (NotFound, Conflict):  # the object is gone; a conflict is another object of its name
        cache.drop(resource, seen)
        return
    if _is_ending(answer, uid):
        cache.put(resource, answer)
    else:
        cache.drop(resource, seen)


def _is_ending(answer: Obj, uid: str) -> bool:
    """Returns whether the object still exists, and is being deleted; else it is gone already."""
    metadata = answer.get("metadata") or {}
    waits = metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds")
    return metadata.get("uid") == uid and bool(waits)


async def _bind(world: World, cache: Cache, pod: Obj, node: str) -> None:
    binding = {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": name_of(pod), "namespace": namespace_of(pod), "uid": uid_of(pod)},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node},
    }
    await world.api.create(PODS, binding, sub="binding", name=name_of(pod))
    cache.assume_bound(pod, node)


def difference(old: Obj, new: Obj) -> Obj:
    """Returns the JSON merge patch (RFC 7396) that turns the old object into the new one."""
    patch: dict[str, Any] = dict.fromkeys(old.keys() - new.keys())
    for key, value in new.items():
        before = old.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            if inner := difference(before, value):
                patch[key] = inner
        elif before != value:
            patch[key] = value
    return patch
