"""The life of one container: pulled, started, ended, restarted, stopped.

`TRANSITIONS` is the specification. For each situation of a container it lists what may happen next,
in order of precedence. A transition is a pure function of `Seen`, which holds all that it depends
on. It returns the changed container, or None if it does not apply. `step` takes the first one that
applies, and `deadlines` says when to call `step` again although nothing has changed.

    ContainerCreating -> Running -> Terminated -> Running (after its first end)
                                               -> CrashLoopBackOff -> Running (after later ends)
                      -> ErrImagePull -> ImagePullBackOff -> ErrImagePull or Running
                      -> CreateContainerConfigError -> Running (when the missing object exists)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.simulated_nodes import images
from kuscia_conformance.simulated_nodes.exit_order import Order
from kuscia_conformance.simulated_nodes.references import Reference, of_environment
from kuscia_conformance.simulated_nodes.tempo import BEAT
from kuscia_conformance.simulated_nodes.workload import Program, interpret

#: The time between two attempts if something is missing, and from a failed pull to the back-off.
LOOK_AGAIN = timedelta(seconds=1)
#: The pause before another pull or restart: the first one; it doubles each time, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(seconds=300)
#: After a run of this length, earlier ends of the container do not count for the pauses.
FORGIVEN_AFTER = timedelta(seconds=600)
KILLED, CANNOT_START = 137, 128
#: How much of the end of the log replaces an empty termination message: lines, and bytes.
LAST_LINES, LAST_BYTES = 80, 2048


@dataclass(frozen=True)
class Waiting:
    """The container is not started, or not started again; with the kubelet's reason and message."""

    reason: str = "ContainerCreating"
    message: str = ""


@dataclass(frozen=True)
class Running:
    """The container's process runs."""

    since: datetime
    #: How long it takes to become ready, after its probes would allow it.
    settles: timedelta = timedelta(0)


@dataclass(frozen=True)
class Terminated:
    """The container's process has ended, or could not be started."""

    exit_code: int
    reason: str
    message: str
    #: None if the process was never started.
    started_at: datetime | None
    finished_at: datetime
    #: The number of this run of the container, beginning with 1.
    run: int = 0


@dataclass(frozen=True)
class Container:
    """What a kubelet knows about a container. Transitions return changed copies."""

    name: str
    state: Waiting | Running | Terminated = Waiting()
    #: The end of the previous run, unless `state` holds that end.
    last: Terminated | None = None
    #: When the next change comes by itself: a start, an end or another attempt.
    due: datetime | None = None
    #: How many starts there were, with those that failed.
    runs: int = 0
    #: How many pulls have failed in a row, and how many runs have ended. The pauses grow with them.
    pulls: int = 0
    ends: int = 0
    #: The order that it has obeyed already, and that its next run ignores.
    obeyed: Order | None = None
    #: The order that a command has left in the container (`inside`). It ends with this run.
    left: Order | None = None

    @property
    def restart_count(self) -> int:
        """The `restartCount` of the status."""
        return max(self.runs - 1, 0)

    @property
    def ended(self) -> Terminated | None:
        """The latest end of the container; None if no run of it has ended."""
        return self.state if isinstance(self.state, Terminated) else self.last


@dataclass(frozen=True)
class Seen:
    """All that the next step of a container depends on."""

    container: Container
    spec: Obj
    #: `name_namespace(uid)`, the form in which a kubelet's messages name a pod.
    pod: str
    restart_policy: str
    now: datetime
    order: Order | None = None
    #: The missing objects that the pod needs, each with the kubelet's message about it.
    absent: Mapping[Reference, str] = field(default_factory=dict)
    #: When the pod was told to end, and when its containers are killed if they still run.
    told_at: datetime | None = None
    kill_at: datetime | None = None
    #: How long a container of this pod takes to become ready (`tempo`).
    settles: timedelta = timedelta(0)

    @property
    def is_due(self) -> bool:
        """Whether the time of the container's next change has come."""
        return self.container.due is not None and self.now >= self.container.due

    @property
    def program(self) -> Program:
        """What the container's command does."""
        return interpret([*self.spec.get("command", ()), *self.spec.get("args", ())])

    @property
    def term_at(self) -> datetime | None:
        """When the program ends because of SIGTERM; None if it was not told, or ignores it."""
        if self.told_at is None or self.program.on_term is None:
            return None
        return self.told_at + timedelta(seconds=self.program.lingers)


def cease(seen: Seen) -> Container | None:
    """After the pod was told to end, a waiting container is not started any more."""
    container = seen.container
    if seen.told_at is None or container == replace(container, state=Waiting(), due=None):
        return None
    return replace(container, state=container.last or Waiting(), last=None, due=None)


def start(seen: Seen) -> Container | None:
    """Tries to start the container. It waits, or ends, if something that it needs is missing.

    Applies when the container is due, unless the pod was told to end.
    """
    if not seen.is_due or seen.told_at:
        return None
    return _cannot_pull(seen) or _cannot_configure(seen) or _cannot_run(seen) or _run(seen)


def _cannot_pull(seen: Seen) -> Container | None:
    policy = seen.spec.get("imagePullPolicy", "IfNotPresent")
    failed = images.failure(seen.spec["image"], policy)
    if failed is None:
        return None
    tried_again = failed.reason == "ErrImagePull"
    return replace(
        seen.container,
        state=Waiting(failed.reason, failed.message),
        due=seen.now + LOOK_AGAIN if tried_again else None,
        pulls=seen.container.pulls + 1,
    )


def _cannot_configure(seen: Seen) -> Container | None:
    said = [seen.absent[needed] for needed in of_environment(seen.spec) if needed in seen.absent]
    if not said:
        return None
    state = Waiting("CreateContainerConfigError", said[0])
    return replace(seen.container, state=state, due=seen.now + LOOK_AGAIN)


def _cannot_run(seen: Seen) -> Container | None:
    """The runtime creates the container, but cannot start its process. This counts as an end."""
    why = seen.program.start_error
    if not why:
        return None
    begun = replace(seen.container, runs=seen.container.runs + 1)
    end = Terminated(CANNOT_START, "StartError", why, None, seen.now, begun.runs)
    if not restarts(seen.restart_policy, end):
        return _ended(seen, begun, end)
    return replace(_ended(seen, begun, end), state=Waiting("RunContainerError", why), last=end)


def _run(seen: Seen) -> Container:
    lasts = seen.program.seconds
    return replace(
        seen.container,
        state=Running(seen.now, seen.settles),
        last=seen.container.ended,
        due=None if lasts is None else seen.now + timedelta(seconds=lasts),
        runs=seen.container.runs + 1,
        pulls=0,
    )


def back_off_pulling(seen: Seen) -> Container | None:
    """Pauses before the next attempt to pull the image, longer after each failure."""
    if not seen.is_due:
        return None
    said = images.backing_off(seen.spec["image"])
    pause = growing(FIRST_PAUSE, seen.container.pulls)
    return replace(seen.container, state=Waiting(said.reason, said.message), due=seen.now + pause)


def obey_command(seen: Seen) -> Container | None:
    """Ends the container as a command in it has ordered (`inside`)."""
    order = seen.container.left
    return _exited(seen, seen.container, order.exit_code, order.message) if order else None


def obey(seen: Seen) -> Container | None:
    """Ends the container as the pod's annotation orders, once for each different order."""
    order = seen.order
    if order is None or order == seen.container.obeyed:
        return None
    container = replace(seen.container, obeyed=order)
    return _exited(seen, container, order.exit_code, order.message)


def hear_term(seen: Seen) -> Container | None:
    """Ends the container on SIGTERM, if its program handles the signal."""
    code, at = seen.program.on_term, seen.term_at
    if code is None or at is None or seen.now < at:
        return None
    return _exited(seen, seen.container, code)


def be_killed(seen: Seen) -> Container | None:
    """Kills the container at the end of the pod's grace period."""
    if seen.kill_at is None or seen.now < seen.kill_at:
        return None
    return _exited(seen, seen.container, KILLED)


def end(seen: Seen) -> Container | None:
    """Ends the container when its program has run for its time."""
    if not seen.is_due:
        return None
    return _exited(seen, seen.container, seen.program.exit_code, seen.program.message)


def restart(seen: Seen) -> Container | None:
    """Starts the container again without a pause. Applies after its first end."""
    return start(seen) if seen.container.ends == 1 else None


def back_off(seen: Seen) -> Container | None:
    """Pauses before the next restart, longer after each end. The status shows CrashLoopBackOff."""
    ended = seen.container.ended
    if not seen.is_due or ended is None or seen.told_at:
        return None
    pause = growing(FIRST_PAUSE, seen.container.ends - 1)
    message = (
        f"back-off {_duration(pause)} restarting failed "
        f"container={seen.container.name} pod={seen.pod}"
    )
    state = Waiting("CrashLoopBackOff", message)
    return replace(seen.container, state=state, last=ended, due=ended.finished_at + pause)


Transition = Callable[[Seen], Container | None]

#: For each situation, its transitions; the first one that applies is taken.
TRANSITIONS: Mapping[str, Sequence[Transition]] = {
    "ContainerCreating": (cease, start),
    "InvalidImageName": (cease,),
    "ErrImageNeverPull": (cease,),
    "ErrImagePull": (cease, back_off_pulling),
    "ImagePullBackOff": (cease, start),
    "CreateContainerConfigError": (cease, start),
    "RunContainerError": (cease, restart, back_off),
    "CrashLoopBackOff": (cease, start),
    "Running": (obey_command, obey, hear_term, be_killed, end),
    "Terminated": (restart, back_off),
}


def step(seen: Seen) -> Container | None:
    """Returns the container after its next transition; None if nothing happens now."""
    taken = (transition(seen) for transition in TRANSITIONS[situation(seen.container)])
    return next((container for container in taken if container), None)


def situation(container: Container) -> str:
    """Returns the key into `TRANSITIONS`: why the container waits, or the class of its state."""
    state = container.state
    return state.reason if isinstance(state, Waiting) else type(state).__name__


def restarts(policy: str, end: Terminated) -> bool:
    """Returns whether this `restartPolicy` restarts a container after this end."""
    return policy == "Always" or (policy == "OnFailure" and end.exit_code != 0)


def growing(first: timedelta, times: int) -> timedelta:
    """Returns the pause after that many failures in a row."""
    doublings = max(0, min(times - 1, 10))
    return min(first * (1 << doublings), LONGEST_PAUSE)


def started_at(spec: Obj, running: Running) -> datetime:
    """Returns when the container counts as started: at the first check of its startup probe."""
    return running.since + _delay(spec.get("startupProbe"))


def ready_at(spec: Obj, running: Running) -> datetime:
    """Returns when the container is ready: after its first readiness check and `started_at`."""
    checked = running.since + _delay(spec.get("readinessProbe"))
    return max(started_at(spec, running), checked) + running.settles


def deadlines(seen: Seen) -> Iterator[datetime]:
    """Yields the times at which the container changes, or its status does, without any event."""
    container = seen.container
    if container.due and (seen.told_at is None or isinstance(container.state, Running)):
        yield container.due
    if isinstance(container.state, Running):
        yield from (at(seen.spec, container.state) for at in (started_at, ready_at))
        yield from (at for at in (seen.term_at, seen.kill_at) if at)


def _exited(seen: Seen, container: Container, code: int, message: str = "") -> Container:
    assert isinstance(container.state, Running)
    reason = "Error" if code else "Completed"
    since = container.state.since
    said = message or _last_words(seen, seen.now - since, code)
    end = Terminated(code, reason, said, since, seen.now, container.runs)
    return _ended(seen, replace(container, left=None), end)


def _last_words(seen: Seen, ran: timedelta, code: int) -> str:
    """Returns the end of the log of a failed run, if the `terminationMessagePolicy` asks for it."""
    if not code or seen.spec.get("terminationMessagePolicy") != "FallbackToLogsOnError":
        return ""
    lines = seen.program.printed(ran).splitlines(keepends=True)[-LAST_LINES:]
    return "".join(lines).encode()[-LAST_BYTES:].decode(errors="ignore")


def _ended(seen: Seen, container: Container, end: Terminated) -> Container:
    ran = end.finished_at - (end.started_at or end.finished_at)
    again = restarts(seen.restart_policy, end)
    return replace(
        container,
        state=end,
        due=seen.now + BEAT if again else None,
        ends=1 if ran >= FORGIVEN_AFTER else container.ends + 1,
    )


def _delay(probe: Obj | None) -> timedelta:
    return timedelta(seconds=(probe or {}).get("initialDelaySeconds", 0))


def _duration(pause: timedelta) -> str:
    """Formats a duration as Go does: 40s, 1m20s, 5m0s."""
    minutes, seconds = divmod(int(pause.total_seconds()), 60)
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"
