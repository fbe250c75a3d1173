"""Variants of the order, the speed and the number of steps in which things are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    SERVICES,
    name_of,
    namespace_of,
    time_from,
    time_text,
)
from reference_controller import perform, runtime
from reference_controller.actions import Create, PatchStatus
from reference_controller.kuscia_task import transitions
from reference_controller.kuscia_task.configuration import build_rendered
from reference_controller.kuscia_task.plan import Plan
from reference_controller.kuscia_task.seen import Phase
from reference_controller.kuscia_task.services import build_services
from tests.variants.catalogue import constant, instead_of, variant


@variant("pace of writes")
def writes_at_once():
    """Each change is written as soon as it is seen, without waiting for the next."""
    constant(runtime, "REST", 0.0)
    constant(runtime, "LAZY", timedelta(0))


@variant("pace of writes")
def writes_seldom():
    """Changes that follow one another within 1.5 s are written together."""
    constant(runtime, "LAZY", timedelta(seconds=1.5))


@variant("order of creation")
def one_by_one():
    """Objects are created one after the other, with pauses (CR-03)."""
    _in_turn(lambda stage: stage, 0.2)


@variant("order of creation")
def backwards():
    """Objects are created one after the other, the last one first (CR-03)."""
    _in_turn(lambda stage: stage[::-1], 0.05)


def _in_turn(order, pause):
    one = perform.perform_one

    @instead_of(perform.perform)
    async def in_turn(world, cache, decision):
        for stage in decision.stages:
            for action in order(stage):
                await one(world, cache, action)
                if isinstance(action, Create) and len(stage) > 1:
                    await world.sleep(pause)


@variant("steps of the last status")
def completion_time_later():
    """completionTime is written half a second after the final phase (VW-03)."""

    async def in_two(one, world, cache, action):
        known = (action.seen.get("status") or {}).get("completionTime")
        if known or "completionTime" not in action.status:
            return await one(world, cache, action)
        without = {k: v for k, v in action.status.items() if k != "completionTime"}
        task = await _written(one, world, cache, replace(action, status=without))
        await world.sleep(0.5)
        if task:
            done = {**task["status"], "completionTime": time_text(world.now())}
            await one(world, cache, PatchStatus(KUSCIA_TASKS, task, done))

    _task_status_written_by(in_two)


@variant("steps of the last status")
def entries_before_phase():
    """The last entries of a successful task are written before its phase (VW-04, VW-09)."""

    async def in_two(one, world, cache, action):
        before = action.seen.get("status") or {}
        if action.status.get("phase") != "Succeeded" or before.get("phase") == "Succeeded":
            return await one(world, cache, action)
        fields = ("podStatuses", "serviceStatuses", "lastReconcileTime")
        entries = {k: v for k, v in action.status.items() if k in fields}
        task = await _written(one, world, cache, replace(action, status={**before, **entries}))
        await world.sleep(0.3)
        if task:
            await one(world, cache, PatchStatus(KUSCIA_TASKS, task, action.status))

    _task_status_written_by(in_two)


async def _written(one, world, cache, action):
    await one(world, cache, action)
    return cache.get(KUSCIA_TASKS, name_of(action.seen), namespace_of(action.seen))


def _task_status_written_by(write):
    one = perform.perform_one

    @instead_of(one)
    async def perform_one(world, cache, action):
        if isinstance(action, PatchStatus) and action.resource == KUSCIA_TASKS:
            await write(one, world, cache, action)
        else:
            await one(world, cache, action)


@variant("when services are made")
def services_later():
    """Services are made a second after the pods that they lead to, and before the group (CR-03)."""
    steps = transitions.TRANSITIONS[Phase.PREPARING]
    place = steps.index(transitions.create_what_pods_own)
    steps[place:] = [_create_config_maps, _create_services_later, _create_group_last]
    transitions.DEADLINES[Phase.PREPARING].append(_services_due)


def _create_config_maps(seen):
    if not seen.may_create or not isinstance(seen.plan, Plan):
        return None
    wanted = build_rendered(seen.plan, _by_place(seen))
    return transitions._create((CONFIG_MAPS, transitions._lacking(wanted, seen.config_maps)))


def _create_services_later(seen):
    if not seen.may_create or not isinstance(seen.plan, Plan) or _services_due(seen):
        return None
    return transitions._create((SERVICES, _lacking_services(seen)))


def _create_group_last(seen):
    if not isinstance(seen.plan, Plan) or _lacking_services(seen):
        return None
    return transitions.create_group(seen)


def _lacking_services(seen):
    return transitions._lacking(build_services(seen.plan, _by_place(seen)), seen.services)


def _by_place(seen):
    return {(str(namespace_of(pod)), name_of(pod)): pod for pod in seen.pods}


def _services_due(seen):
    if not seen.pods:
        return None
    made = max(time_from(pod["metadata"]["creationTimestamp"]) for pod in seen.pods)
    due = made + timedelta(seconds=2)
    return due if seen.now < due else None
