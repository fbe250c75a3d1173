"""A variant that cleans up before a deleted task is gone, by a finalizer of the task (CL-02)."""

from __future__ import annotations

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE
from reference_controller.actions import Patch
from reference_controller.kuscia_task import controller, transitions
from reference_controller.kuscia_task.seen import Phase, Seen
from reference_controller.kuscia_task.status import is_ending
from reference_controller.machine import do
from tests.variants.catalogue import variant

FINALIZER = "tasks.example.com/clean-up"


@variant("finalizer", without=("CL-05",))
def cleans_up_first():
    """A task has a finalizer until its pods, services and config maps are gone (CL-01, CL-02)."""
    observe = controller.KusciaTasks.observe

    def watched(self, cache, key, now):
        task = cache.get(KUSCIA_TASKS, key, TASK_NAMESPACE)
        if task is None or not is_ending(task) or not _finalizers(task):
            return observe(self, cache, key, now)
        _, made = controller._made(cache, key, "")
        leftovers = tuple((kind, obj) for kind, obj in made if controller._is_left(obj))
        if made and not leftovers:
            return None  # the last of them are ending; the event of their end comes
        return Seen(now, None if leftovers else task, leftovers=leftovers)

    controller.KusciaTasks.observe = watched
    transitions.TRANSITIONS[Phase.NEW].insert(0, _add_finalizer)
    for phase in (Phase.NEW, Phase.PREPARING, Phase.PENDING, Phase.RUNNING, *_ENDS):
        transitions.TRANSITIONS[phase].insert(0, _remove_finalizer)


_ENDS = (Phase.SUCCEEDED, Phase.FAILED)


def _finalizers(task):
    return task["metadata"].get("finalizers") or []


def _add_finalizer(seen):
    if _finalizers(seen.task):
        return None
    return do(Patch(KUSCIA_TASKS, seen.task, {"metadata": {"finalizers": [FINALIZER]}}))


def _remove_finalizer(seen):
    if not is_ending(seen.task):
        return None
    return do(Patch(KUSCIA_TASKS, seen.task, {"metadata": {"finalizers": None}}))
