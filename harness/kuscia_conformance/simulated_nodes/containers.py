"""One container's life: pulled, started, ended, restarted, stopped.

`TRANSITIONS` is the specification: for each situation that a container can be in, what may
happen next, in order of precedence. Each transition is a pure function of what is `Seen` to
the container as it then is, or None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.simulated_nodes import images
from kuscia_conformance.simulated_nodes.exit_order import Order
from kuscia_conformance.simulated_nodes.references import Reference, of_environment
from kuscia_conformance.simulated_nodes.workload import Program, interpret

#: Between two things that a kubelet shows one after the other; a real one takes a second or so.
BEAT = timedelta(seconds=0.05)
#: Between two attempts at something that is missing, and from a failed pull to the back-off.
LOOK_AGAIN = timedelta(seconds=1)
#: Pauses before another pull or restart: the first; each is twice the one before, up to the last.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(seconds=300)
#: A container that ran for so long is as good as new.
FORGIVEN_AFTER = timedelta(seconds=600)
KILLED, CANNOT_START = 137, 128
#: How much of a log stands in for a termination message that is empty.
LAST_LINES, LAST_BYTES = 80, 2048


@dataclass(frozen=True)
class Waiting:
    """Not started, or not again; why, in one word, and a message."""

    reason: str = "ContainerCreating"
    message: str = ""


@dataclass(frozen=True)
class Running:
    """Its process runs."""

    since: datetime


@dataclass(frozen=True)
class Terminated:
    """Its process has ended, or could not be started."""

    exit_code: int
    reason: str
    message: str
    #: None: it has never been started.
    started_at: datetime | None
    finished_at: datetime
    #: Which of the container's runs this was.
    run: int = 0


@dataclass(frozen=True)
class Container:
    """What a kubelet knows of a container."""

    name: str
    state: Waiting | Running | Terminated = Waiting()
    #: How it ended the last time, unless that is its state.
    last: Terminated | None = None
    #: When something happens to it by itself.
    due: datetime | None = None
    #: How often it has been started, or tried to be.
    runs: int = 0
    #: Pulls that failed, and ends, in a row: what the pauses grow with.
    pulls: int = 0
    ends: int = 0
    #: The order it has obeyed, which therefore does not concern its next run.
    obeyed: Order | None = None
    #: The order that a command has left in it, and that goes with this run.
    left: Order | None = None

    @property
    def restart_count(self) -> int:
        return max(self.runs - 1, 0)

    @property
    def ended(self) -> Terminated | None:
        """How it has ended the last time, if ever."""
        return self.state if isinstance(self.state, Terminated) else self.last


@dataclass(frozen=True)
class Seen:
    """All that a container's next step depends on."""

    container: Container
    spec: Obj
    #: `name_namespace(uid)`, as a kubelet names a pod.
    pod: str
    restart_policy: str
    now: datetime
    order: Order | None = None
    #: What it needs and does not find, with what is to be said about it.
    absent: Mapping[Reference, str] = field(default_factory=dict)
    #: When the pod was told to end, and when it is killed if it has not.
    told_at: datetime | None = None
    kill_at: datetime | None = None

    @property
    def is_due(self) -> bool:
        return self.container.due is not None and self.now >= self.container.due

    @property
    def program(self) -> Program:
        return interpret([*self.spec.get("command", ()), *self.spec.get("args", ())])


def cease(seen: Seen) -> Container | None:
    """The pod was told to end: what waits will not be started any more."""
    container = seen.container
    if seen.told_at is None or container == replace(container, state=Waiting(), due=None):
        return None
    return replace(container, state=container.last or Waiting(), last=None, due=None)


def start(seen: Seen) -> Container | None:
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
    """The container is made, but its process cannot be: an end, with or without another try."""
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
        state=Running(seen.now),
        last=seen.container.ended,
        due=None if lasts is None else seen.now + timedelta(seconds=lasts),
        runs=seen.container.runs + 1,
        pulls=0,
    )


def back_off_pulling(seen: Seen) -> Container | None:
    if not seen.is_due:
        return None
    said = images.backing_off(seen.spec["image"])
    pause = growing(FIRST_PAUSE, seen.container.pulls)
    return replace(seen.container, state=Waiting(said.reason, said.message), due=seen.now + pause)


def obey_command(seen: Seen) -> Container | None:
    order = seen.container.left
    return _exited(seen, seen.container, order.exit_code, order.message) if order else None


def obey(seen: Seen) -> Container | None:
    order = seen.order
    if order is None or order == seen.container.obeyed:
        return None
    container = replace(seen.container, obeyed=order)
    return _exited(seen, container, order.exit_code, order.message)


def hear_term(seen: Seen) -> Container | None:
    code = seen.program.on_term
    if seen.told_at is None or code is None:
        return None
    return _exited(seen, seen.container, code)


def be_killed(seen: Seen) -> Container | None:
    if seen.kill_at is None or seen.now < seen.kill_at:
        return None
    return _exited(seen, seen.container, KILLED)


def end(seen: Seen) -> Container | None:
    if not seen.is_due:
        return None
    return _exited(seen, seen.container, seen.program.exit_code, seen.program.message)


def restart(seen: Seen) -> Container | None:
    """After its first end at once."""
    return start(seen) if seen.container.ends == 1 else None


def back_off(seen: Seen) -> Container | None:
    """After further ends a pause, which is seen as CrashLoopBackOff."""
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

#: For each situation, its transitions; the first that applies is taken.
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
    """What happens to the container now, if anything."""
    taken = (transition(seen) for transition in TRANSITIONS[situation(seen.container)])
    return next((container for container in taken if container), None)


def situation(container: Container) -> str:
    state = container.state
    return state.reason if isinstance(state, Waiting) else type(state).__name__


def restarts(policy: str, end: Terminated) -> bool:
    """Whether this restartPolicy starts a container again that has ended so."""
    return policy == "Always" or (policy == "OnFailure" and end.exit_code != 0)


def growing(first: timedelta, times: int) -> timedelta:
    """The pause after that many failures in a row."""
    doublings = max(0, min(times - 1, 10))
    return min(first * (1 << doublings), LONGEST_PAUSE)


def started_at(spec: Obj, running: Running) -> datetime:
    """When it counts as started: its startup probe succeeds as soon as it is asked."""
    return running.since + _delay(spec.get("startupProbe"))


def ready_at(spec: Obj, running: Running) -> datetime:
    """When it is ready: likewise, and not before it has started."""
    return max(started_at(spec, running), running.since + _delay(spec.get("readinessProbe")))


def deadlines(seen: Seen) -> Iterator[datetime]:
    """The moments at which something happens or shows though nothing has changed."""
    container = seen.container
    if container.due and (seen.told_at is None or isinstance(container.state, Running)):
        yield container.due
    if isinstance(container.state, Running):
        yield from (at(seen.spec, container.state) for at in (started_at, ready_at))
        if seen.kill_at:
            yield seen.kill_at


def _exited(seen: Seen, container: Container, code: int, message: str = "") -> Container:
    assert isinstance(container.state, Running)
    reason = "Error" if code else "Completed"
    since = container.state.since
    said = message or _last_words(seen, seen.now - since, code)
    end = Terminated(code, reason, said, since, seen.now, container.runs)
    return _ended(seen, replace(container, left=None), end)


def _last_words(seen: Seen, ran: timedelta, code: int) -> str:
    """What is told instead of an empty message: the end of the log, if the container wants so."""
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
    """As Go prints it: 40s, 1m20s, 5m0s."""
    minutes, seconds = divmod(int(pause.total_seconds()), 60)
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"
