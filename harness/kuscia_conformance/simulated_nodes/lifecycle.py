"""A pod's life on its node: bound, created, up, ended, gone.

`TRANSITIONS` is the specification: for each stage what may happen next, in order of precedence.
`advance` applies it until the pod comes to rest; `wake_at` says when to look again though
nothing has changed. All of it is pure; `kubelet` does what it says.
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
    BEAT,
    LOOK_AGAIN,
    Container,
    Running,
    Terminated,
)
from kuscia_conformance.simulated_nodes.exit_order import ORDER, Order, read_order
from kuscia_conformance.simulated_nodes.references import Reference

log = logging.getLogger(__name__)

#: Kubernetes' own, where neither the pod nor the deletion says.
DEFAULT_GRACE = 30


class Stage(StrEnum):
    """Where a pod is in its life, as its kubelet sees it."""

    BOUND = "bound"  #          not looked at yet
    CREATING = "creating"  #    admitted; its sandbox and volumes are being made
    UP = "up"  #                its containers come and go
    ENDED = "ended"  #          its containers have ended for good; the sandbox still stands
    FINISHED = "finished"  #    nothing is left but the object; or it was never admitted
    STOPPING = "stopping"  #    told to end
    STOPPED = "stopped"  #      all has ended that was told to end
    GONE = "gone"  #            the object can go


#: In these a pod takes room on its node.
HOLDS_ROOM = {Stage.CREATING, Stage.UP, Stage.ENDED, Stage.STOPPING, Stage.STOPPED}


@dataclass(frozen=True)
class Life:
    """What a kubelet knows of a pod beyond what the API server says."""

    stage: Stage = Stage.BOUND
    #: When the next stage comes by itself.
    due: datetime | None = None
    containers: tuple[Container, ...] = ()
    #: Whether the pod has a sandbox now; None: it has never had one, nor an address.
    sandbox: bool | None = None
    rejection: Rejection | None = None
    started_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """All that a pod's next step depends on."""

    pod: Obj
    life: Life
    now: datetime
    #: Its node, and the other pods that take room there.
    node: Obj
    others: Sequence[Obj] = ()
    #: What the pod needs and does not find, with what is to be said about it.
    absent: Mapping[Reference, str] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        return self.life.due is not None and self.now >= self.life.due

    @property
    def is_deleted(self) -> bool:
        return "deletionTimestamp" in self.pod["metadata"]

    @property
    def specs(self) -> list[Obj]:
        return list(self.pod["spec"]["containers"])


def first(pod: Obj) -> Life:
    """How a pod starts that a kubelet sees for the first time."""
    over = has_ended(pod)
    return Life(Stage.FINISHED if over else Stage.BOUND)


def vanish(seen: Seen) -> Life | None:
    """Deleted, and there is nothing to stop."""
    return replace(seen.life, stage=Stage.GONE) if seen.is_deleted else None


def refuse(seen: Seen) -> Life | None:
    refused = rejection(seen.pod, seen.node, seen.others)
    if refused is None:
        return None
    life = replace(seen.life, stage=Stage.FINISHED)
    return replace(life, rejection=refused, started_at=seen.now)


def admit(seen: Seen) -> Life:
    made = tuple(Container(spec["name"]) for spec in seen.specs)
    return Life(Stage.CREATING, seen.now + BEAT, made, started_at=seen.now)


def stop(seen: Seen) -> Life | None:
    if not seen.is_deleted:
        return None
    return replace(seen.life, stage=Stage.STOPPING, told_at=seen.now, due=None)


def await_volumes(seen: Seen) -> Life | None:
    mounted = references.of_volumes(seen.pod)
    if not seen.is_due or not any(volume in seen.absent for volume in mounted):
        return None
    return replace(seen.life, due=seen.now + LOOK_AGAIN)


def mount(seen: Seen) -> Life | None:
    """The sandbox stands: the containers may start."""
    if not seen.is_due:
        return None
    begun = tuple(replace(container, due=seen.now) for container in seen.life.containers)
    return replace(seen.life, stage=Stage.UP, due=None, containers=begun, sandbox=True)


def step_containers(seen: Seen) -> Life | None:
    """What happens to each container now."""
    stepped = [(view, containers.step(view)) for view in views(seen)]
    if not any(changed for _, changed in stepped):
        return None
    return replace(
        seen.life, containers=tuple(changed or view.container for view, changed in stepped)
    )


def end(seen: Seen) -> Life | None:
    policy = restart_policy(seen.pod)
    for container in seen.life.containers:
        state = container.state
        if not isinstance(state, Terminated) or containers.restarts(policy, state):
            return None
    return replace(seen.life, stage=Stage.ENDED, due=seen.now + BEAT)


def finish(seen: Seen) -> Life | None:
    """The sandbox is gone, and with it what was kept of earlier runs."""
    if not seen.is_due:
        return None
    left = tuple(replace(container, last=None) for container in seen.life.containers)
    return replace(seen.life, stage=Stage.FINISHED, due=None, containers=left, sandbox=False)


def be_stopped(seen: Seen) -> Life | None:
    if any(isinstance(container.state, Running) for container in seen.life.containers):
        return None
    stopped = replace(seen.life, stage=Stage.STOPPED, due=seen.now + BEAT)
    return replace(stopped, sandbox=False) if stopped.sandbox else stopped


def leave(seen: Seen) -> Life | None:
    return replace(seen.life, stage=Stage.GONE, due=None) if seen.is_due else None


Transition = Callable[[Seen], Life | None]

#: For each stage, its transitions; the first that applies is taken.
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
    """The pod's life as it is now: transitions are taken until none applies."""
    while changed := _next(seen):
        seen = replace(seen, life=changed)
    return seen.life


def _next(seen: Seen) -> Life | None:
    taken = (transition(seen) for transition in TRANSITIONS[seen.life.stage])
    return next((life for life in taken if life), None)


def wake_at(seen: Seen) -> datetime | None:
    """When to look again though nothing has changed: always later than what was seen."""
    moments = [moment for moment in _deadlines(seen) if moment > seen.now]
    return min(moments, default=None)


def _deadlines(seen: Seen) -> Iterator[datetime]:
    if seen.life.due:
        yield seen.life.due
    if seen.life.stage in (Stage.UP, Stage.STOPPING):
        for view in views(seen):
            yield from containers.deadlines(view)


def asks(seen: Seen) -> frozenset[Reference]:
    """What has to be looked up before the next step: all the pod needs, if it may start now."""
    starting = seen.life.stage is Stage.CREATING and seen.is_due
    starting |= seen.life.stage is Stage.UP and any(
        view.is_due and not isinstance(view.container.state, Running) for view in views(seen)
    )
    return references.of_pod(seen.pod) if starting and not seen.is_deleted else frozenset()


def views(seen: Seen) -> list[containers.Seen]:
    """The pod as each of its containers sees it."""
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
        )
        for spec, container in zip(seen.specs, seen.life.containers, strict=True)
    ]


def tell(life: Life, name: str, order: Order) -> Life:
    """The life after a command has left an order in the container of that name."""
    told = (
        replace(one, left=order) if one.name == name and isinstance(one.state, Running) else one
        for one in life.containers
    )
    return replace(life, containers=tuple(told))


def restart_policy(pod: Obj) -> str:
    return str(pod["spec"].get("restartPolicy", "Always"))


def grace(pod: Obj) -> timedelta:
    """How long the containers may take to end once they are told to."""
    seconds = pod["metadata"].get("deletionGracePeriodSeconds", DEFAULT_GRACE)
    return timedelta(seconds=seconds)


def order_of(pod: Obj) -> Order | None:
    """What the pod's annotation orders, to one container or to all; nonsense is reported."""
    text = annotations_of(pod).get(ORDER)
    if not text:
        return None
    try:
        return read_order(text)
    except ValueError as error:
        log.error("%s: annotation %s: %s", name_of(pod), ORDER, error)
        return None
