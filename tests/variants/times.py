"""Variants of the times at which the controller looks, binds and cleans up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from kuscia_conformance.kube.objects import Obj, time_from, uid_of
from reference_controller import leader, machine, perform, runtime
from reference_controller.co_scheduler import transitions as scheduler
from reference_controller.co_scheduler.controller import CoScheduler
from reference_controller.kuscia_task import transitions
from reference_controller.kuscia_task.seen import Phase
from reference_controller.lease import Election
from reference_controller.task_resource.seen import Phase as ResourcePhase
from reference_controller.times import moved_at
from tests.variants.catalogue import instead_of, variant


@variant("time to bind")
def binds_late():
    """A pod is bound a second after it was decided (SC-01)."""
    old = perform._bind

    @instead_of(old)
    async def bind(world, cache, pod, node):
        await world.sleep(1)
        await old(world, cache, pod, node)


@variant("time to bind", claims=False)
def tries_every_ten_seconds():
    """A pod for which there was no room is tried again every 10 s, or in the next round (SC-05).

    Its scheduler is another one than the plugin of the optional feature.
    """
    tried: dict[str, datetime] = {}
    pause = timedelta(seconds=10)
    observe = CoScheduler.observe

    def is_tried(gang, now):
        last = tried.get(_round(gang.resource))
        if last is None or now == last or now >= last + pause:
            tried[_round(gang.resource)] = now
            return True
        return False

    def some(self, cache, key, now):
        seen = observe(self, cache, key, now)
        if seen is None:
            return None
        gangs = (g for g in seen.gangs if not _waits(g) or is_tried(g, now))
        return replace(seen, gangs=tuple(gangs))

    def due(seen):
        later = (last + pause for last in tried.values())
        return min((moment for moment in later if moment > seen.now), default=None)

    CoScheduler.observe = some
    scheduler.MACHINE.deadlines[""] = [due]


def _waits(gang):
    phases = (ResourcePhase.RESERVING, ResourcePhase.SCHEDULABLE)
    return gang.phase in phases and gang.is_complete and not gang.held


def _round(resource: Obj) -> str:
    return f"{uid_of(resource)} {moved_at(resource)}"


@variant("time to handle a task")
def handled_late():
    """A task is handled a second after its creation; its startTime says so (VW-03)."""
    old = transitions.accept

    def due(seen):
        created = time_from(seen.task["metadata"]["creationTimestamp"]) + timedelta(seconds=1.2)
        return created if seen.now < created else None

    @instead_of(old)
    def accept(seen):
        return None if due(seen) else old(seen)

    transitions.DEADLINES[Phase.NEW] = [due]


@variant("time to react")
def reacts_late():
    """What happens to a task's objects is looked at after 0.7 s."""
    old = runtime.Runtime._look

    async def look(self, item):
        if item.controller.name == "kuscia_task":
            await self.world.sleep(0.7)
        await old(self, item)

    runtime.Runtime._look = look


@variant("time to react")
def looks_again():
    """Everything is looked at once a second, though nothing has changed."""
    old = machine.Machine.wake_at

    def wake_at(self, seen):
        due, soon = old(self, seen), seen.now + timedelta(seconds=1)
        return min(due, soon) if due else soon

    machine.Machine.wake_at = wake_at


@variant("when pods are deleted")
def pods_deleted_later():
    """Pods of a finished task are deleted 6 s after its end (RN-04)."""

    def due(seen):
        end = seen.status.get("completionTime")
        moment = time_from(end) + timedelta(seconds=6) if end else seen.now
        return moment if seen.now < moment else None

    for phase, old in (
        (Phase.SUCCEEDED, transitions.clean_up_success),
        (Phase.FAILED, transitions.clean_up_failure),
    ):
        instead_of(old)(_unless(due, old))
        transitions.DEADLINES[phase] = [due]


def _unless(due, old):
    return lambda seen: None if due(seen) else old(seen)


@variant("election")
def leads():
    """The controller works only while it holds a Lease, which it releases when it ends (RN-06)."""
    old, numbers = runtime.run, count()

    @instead_of(old)
    async def run(world, controllers, **options):
        me, election = f"candidate-{next(numbers)}", Election("kube-system", "variant")
        await leader.lead(world, election, me, lambda: old(world, controllers, **options))
