"""The life of a pod on its node, in stages from bound to gone.

`TRANSITIONS` is the specification. For each stage it lists what may happen next, in order of
precedence:

    BOUND     vanish -> GONE, refuse -> FINISHED, admit -> CREATING
    CREATING  stop -> STOPPING, await_volumes (stays), mount -> UP
    UP        stop -> STOPPING, step_containers (stays), end -> ENDED
    ENDED     stop -> STOPPING, finish -> FINISHED
    FINISHED  vanish -> GONE
    STOPPING  step_containers (stays), be_stopped -> STOPPED
    STOPPED   leave -> GONE

A transition is a pure function of `Seen`. It returns the changed `Life`, or None if it does not
apply. `advance` applies transitions until none applies; `wake_at` says when to call it again
although nothing has changed. `kubelet` looks, reports the result and keeps the time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kuscia_conformance.kube.objects import (
    Obj,
    annotations_of,
    has_ended,
    name_of,
    namespace_of,
    uid_of,
)
from kuscia_conformance.simulated_nodes import containers, references
from kuscia_conformance.simulated_nodes.admission import Rejection, rejection
from kuscia_conformance.simulated_nodes.containers import (
    LOOK_AGAIN,
    Container,
    Running,
    Terminated,
)
from kuscia_conformance.simulated_nodes.exit_order import ORDER, Order, read_order
from kuscia_conformance.simulated_nodes.references import Reference
from kuscia_conformance.simulated_nodes.tempo import PROMPT, Steps, Tempo

log = logging.getLogger(__name__)

#: Kubernetes' default grace period, in seconds.
DEFAULT_GRACE = 30


class Stage(StrEnum):
    """The stage of a pod's life, as its kubelet sees it."""

    BOUND = "bound"  #          not looked at yet
    CREATING = "creating"  #    admitted; its sandbox and volumes are being made
    UP = "up"  #                its containers start, end and restart
    ENDED = "ended"  #          its containers have ended for good; the sandbox still stands
    FINISHED = "finished"  #    only the object is left; or the pod was never admitted
    STOPPING = "stopping"  #    deleted; its containers were told to end
    STOPPED = "stopped"  #      all of its containers have ended
    GONE = "gone"  #            the object can be deleted for good


#: The stages in which a pod takes room on its node. Its end is reported in the next ones, and a
#: scheduler may use the room from then on. So a pod that has stopped takes none.
HOLDS_ROOM = {Stage.CREATING, Stage.UP, Stage.ENDED, Stage.STOPPING}


@dataclass(frozen=True)
class Life:
    """What a kubelet knows about a pod and the API server does not."""

    stage: Stage = Stage.BOUND
    #: When the next transition comes by itself.
    due: datetime | None = None
    containers: tuple[Container, ...] = ()
    #: Whether the pod has a sandbox now; None if it never had one, and so never had an address.
    sandbox: bool | None = None
    rejection: Rejection | None = None
    #: When the pod was admitted or refused: the `startTime` of its status.
    started_at: datetime | None = None
    #: When the pod was told to end.
    told_at: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """All that the next step of a pod depends on."""

    pod: Obj
    life: Life
    now: datetime
    #: The node of the pod, and the other pods that take room there.
    node: Obj
    others: Sequence[Obj] = ()
    #: The missing objects that the pod needs, each with the kubelet's message about it.
    absent: Mapping[Reference, str] = field(default_factory=dict)
    tempo: Tempo = PROMPT

    @property
    def takes(self) -> Steps:
        """How long the steps of this pod take."""
        return self.tempo.of(self.pod)

    @property
    def is_due(self) -> bool:
        """Whether the time of the pod's next transition has come."""
        return self.life.due is not None and self.now >= self.life.due

    @property
    def is_deleted(self) -> bool:
        return "deletionTimestamp" in self.pod["metadata"]

    @property
    def specs(self) -> list[Obj]:
        """The specs of the containers, in the order of `Life.containers`."""
        return list(self.pod["spec"]["containers"])


def first(pod: Obj) -> Life:
    """Returns the life of a pod that a kubelet sees for the first time."""
    over = has_ended(pod)
    return Life(Stage.FINISHED if over else Stage.BOUND)


def vanish(seen: Seen) -> Life | None:
    """A deleted pod without running containers can go. Nothing has to be stopped."""
    return replace(seen.life, stage=Stage.GONE) if seen.is_deleted else None


def refuse(seen: Seen) -> Life | None:
    """Refuses a pod that the node has no room for, or that may not run there (`admission`)."""
    refused = rejection(seen.pod, seen.node, seen.others)
    if refused is None:
        return None
    life = replace(seen.life, stage=Stage.FINISHED)
    return replace(life, rejection=refused, started_at=seen.now)


def admit(seen: Seen) -> Life:
    """Admits the pod; its sandbox and volumes are made, which takes its time."""
    made = tuple(Container(spec["name"]) for spec in seen.specs)
    return Life(Stage.CREATING, seen.now + seen.takes.start, made, started_at=seen.now)


def stop(seen: Seen) -> Life | None:
    """Tells the containers of a deleted pod to end; the grace period begins."""
    if not seen.is_deleted:
        return None
    return replace(seen.life, stage=Stage.STOPPING, told_at=seen.now, due=None)


def await_volumes(seen: Seen) -> Life | None:
    """Waits and looks again while a config map or secret of a volume is missing."""
    mounted = references.of_volumes(seen.pod)
    if not seen.is_due or not any(volume in seen.absent for volume in mounted):
        return None
    return replace(seen.life, due=seen.now + LOOK_AGAIN)


def mount(seen: Seen) -> Life | None:
    """The sandbox and the volumes are ready, so the containers may start."""
    if not seen.is_due:
        return None
    begun = tuple(replace(container, due=seen.now) for container in seen.life.containers)
    return replace(seen.life, stage=Stage.UP, due=None, containers=begun, sandbox=True)


def step_containers(seen: Seen) -> Life | None:
    """Takes the next step of each container that has one (`containers.step`)."""
    stepped = [(view, containers.step(view)) for view in views(seen)]
    if not any(changed for _, changed in stepped):
        return None
    return replace(
        seen.life, containers=tuple(changed or view.container for view, changed in stepped)
    )


def end(seen: Seen) -> Life | None:
    """All containers have ended, and none of them is to be restarted. The sandbox is removed."""
    policy = restart_policy(seen.pod)
    for container in seen.life.containers:
        state = container.state
        if not isinstance(state, Terminated) or containers.restarts(policy, state):
            return None
    return replace(seen.life, stage=Stage.ENDED, due=seen.now + seen.takes.end)


def finish(seen: Seen) -> Life | None:
    """The sandbox is gone, and with it the record of the containers' earlier runs."""
    if not seen.is_due:
        return None
    left = tuple(replace(container, last=None) for container in seen.life.containers)
    return replace(seen.life, stage=Stage.FINISHED, due=None, containers=left, sandbox=False)


def be_stopped(seen: Seen) -> Life | None:
    """None of the containers runs any more, so the sandbox is removed."""
    if any(isinstance(container.state, Running) for container in seen.life.containers):
        return None
    stopped = replace(seen.life, stage=Stage.STOPPED, due=seen.now + seen.takes.end)
    return replace(stopped, sandbox=False) if stopped.sandbox else stopped


def leave(seen: Seen) -> Life | None:
    """What the pod has used is removed; then its object can be deleted for good."""
    return replace(seen.life, stage=Stage.GONE, due=None) if seen.is_due else None


Transition = Callable[[Seen], Life | None]

#: For each stage, its transitions; the first one that applies is taken.
TRANSITIONS: Mapping[Stage, Sequence[Transition]] = {
    Stage.BOUND: (vanish, refuse, admit),
    Stage.CREATING: (stop, await_volumes, mount),
    Stage.UP: (stop, step_containers, end),
    Stage.ENDED: (stop, finish),
    Stage.FINISHED: (vanish,),
    Stage.STOPPING: (step_containers, be_stopped),
    Stage.STOPPED: (leave,),
    Stage.GONE: (),
}


def advance(seen: Seen) -> Life:
    """Takes transitions until none applies, and returns the life after them."""
    while changed := _next(seen):
        seen = replace(seen, life=changed)
    return seen.life


def _next(seen: Seen) -> Life | None:
    taken = (transition(seen) for transition in TRANSITIONS[seen.life.stage])
    return next((life for life in taken if life), None)


def wake_at(seen: Seen) -> datetime | None:
    """Returns when to look again although nothing has changed; None if only a change matters.

    The time is always later than `seen.now`.
    """
    moments = [moment for moment in _deadlines(seen) if moment > seen.now]
    return min(moments, default=None)


def _deadlines(seen: Seen) -> Iterator[datetime]:
    if seen.life.due:
        yield seen.life.due
    if seen.life.stage in (Stage.UP, Stage.STOPPING):
        for view in views(seen):
            yield from containers.deadlines(view)


def asks(seen: Seen) -> frozenset[Reference]:
    """Returns the objects to look up before the next step.

    These are all that the pod needs, if the pod or one of its containers may start now.
    """
    starting = seen.life.stage is Stage.CREATING and seen.is_due
    starting |= seen.life.stage is Stage.UP and any(
        view.is_due and not isinstance(view.container.state, Running) for view in views(seen)
    )
    return references.of_pod(seen.pod) if starting and not seen.is_deleted else frozenset()


def views(seen: Seen) -> list[containers.Seen]:
    """Returns what the next step of each container depends on (`containers.Seen`)."""
    pod, told_at = seen.pod, seen.life.told_at
    order = order_of(pod)
    return [
        containers.Seen(
            container=container,
            spec=spec,
            pod=f"{name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})",
            restart_policy=restart_policy(pod),
            now=seen.now,
            order=order if order and order.container in ("", spec["name"]) else None,
            absent=seen.absent,
            told_at=told_at,
            kill_at=told_at + grace(pod) if told_at else None,
            settles=seen.takes.ready,
        )
        for spec, container in zip(seen.specs, seen.life.containers, strict=True)
    ]


def tell(life: Life, name: str, order: Order) -> Life:
    """Returns the life after a command has left an order in the running container of that name."""
    told = (
        replace(one, left=order) if one.name == name and isinstance(one.state, Running) else one
        for one in life.containers
    )
    return replace(life, containers=tuple(told))


def restart_policy(pod: Obj) -> str:
    return str(pod["spec"].get("restartPolicy", "Always"))


def grace(pod: Obj) -> timedelta:
    """Returns how long the containers may take to end after they were told to."""
    seconds = pod["metadata"].get("deletionGracePeriodSeconds", DEFAULT_GRACE)
    return timedelta(seconds=seconds)


def order_of(pod: Obj) -> Order | None:
    """Returns the order in the pod's annotation; an invalid one is logged and ignored."""
    text = annotations_of(pod).get(ORDER)
    if not text:
        return None
    try:
        return read_order(text)
    except ValueError as error:
        log.error("%s: annotation %s: %s", name_of(pod), ORDER, error)
        return None
