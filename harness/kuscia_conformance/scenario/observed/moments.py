"""Moments: when something happened, by the recorded history.

A feature names a moment by a text, `the task "psi" became Running` or `a pod of "psi" was bound`.
The regular expressions OF_TASK, OF_PODS and OF_OBJECT say which texts there are, and `find` returns
the version in the history at which such an event was first seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pytest_bdd import parsers

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.errors import FeatureError
from kuscia_conformance.kube.objects import phase_of, uid_of
from kuscia_conformance.scenario.observed.instead import instead
from kuscia_conformance.scenario.observed.pods import (
    STATES,
    domains_of,
    pod_versions,
    whom,
)
from kuscia_conformance.scenario.observed.reservations import (
    KINDS,
    OBJECT,
    entries,
    kind_of,
    versions_of,
)
from kuscia_conformance.scenario.observed.statuses import (
    lifetime,
    status_of,
)
from kuscia_conformance.scenario.scenario import Scenario

#: By how many seconds a moment may come too early or too late, where the feature does not say it:
#: times in a status are whole seconds, and some controllers look for work only at intervals. The
#: moment that a mistake would give has to be more than twice as far away.
EARLY, LATE = 1.0, 2.0


#: The texts of moments: of a task, of pods, and of a group or task resource.
OF_TASK = r'the task "[^"]+" (?:was created|became (?:Pending|Running|Succeeded|Failed))'


OF_PODS = r'(?:the pods|a pod) of (?:"[^"]+"|[^\s"]+) (?:was|were|had) (?:created|bound|ended)'


OF_OBJECT = (
    r'the (?:group|task resource) "[^"]+" (?:was created'
    r"|became (?:Reserving|Reserved|Schedulable|ReserveFailed|Failed)(?: again)?)"
)


MOMENT = rf"(?:{OF_TASK}|{OF_PODS}|{OF_OBJECT})"


_TASK = parsers.re(r'the task "(?P<name>[^"]+)" (?:was (?P<created>created)|became (?P<phase>\w+))')


_PODS = parsers.re(
    r"(?P<which>the pods|a pod) of (?P<who>\S+) (?:was|were|had) (?P<what>created|bound|ended)"
)


_OBJECT = parsers.re(
    rf"{OBJECT} (?:was (?P<created>created)|became (?P<phase>\w+)(?P<again> again)?)"
)


_STATES = {"created": "exist", "bound": "are bound", "ended": "have ended"}


@dataclass(frozen=True)
class Moment:
    """A version in the history, and its place there."""

    place: int
    version: Version

    def seconds_after(self, other: Moment) -> float:
        """Returns the seconds from the other moment to this one."""
        return (self.version.at - other.version.at).total_seconds()


@dataclass(frozen=True)
class Span:
    """How long one moment comes after another, and how much earlier or later it may come."""

    seconds: float
    early: float = EARLY
    late: float = LATE


def require_after(scenario: Scenario, event: str, span: Span, other: str) -> None:
    """Fails the check unless `event` came this span after `other`. Waits for both moments."""
    __tracebackhide__ = True
    earliest = span.seconds - span.early
    latest = span.seconds + span.late * scenario.timeouts.factor
    start = await_moment(scenario, other, scenario.timeouts.status)
    left = latest - scenario.history.seconds_since(start.version.at)
    found = await_moment(scenario, event, max(left, 0) + LATE)
    after = found.seconds_after(start)
    if not earliest <= after <= latest:
        scenario.expect.fail(
            f"expected: {event} {earliest:g} to {latest:g} s after {other}\n"
            f"actual:   {after:.2f} s after it"
        )


def require_not_before(scenario: Scenario, who: str, event: str) -> None:
    """Fails the check if a pod of `who` was bound before the moment, which has to come.

    The moment is the witness that the controller was working.
    """
    __tracebackhide__ = True
    limit = await_moment(scenario, event, scenario.timeouts.status)
    bound = find(scenario, f"a pod of {who} was bound")
    if bound is not None and bound.place < limit.place:
        scenario.expect.fail(
            f"expected: no pod of {who} is bound before {event}\n"
            f"actual:   {bound.version.key} was bound {limit.seconds_after(bound):.2f} s before it"
        )


def require_order(scenario: Scenario, event: str, other: str) -> None:
    """Waits for the moment `other`, and fails the check unless `event` came before it."""
    __tracebackhide__ = True
    later = await_moment(scenario, other, scenario.timeouts.status)
    earlier = find(scenario, event)
    if earlier is None or earlier.place > later.place:
        when = (
            f"{earlier.seconds_after(later):.2f} s after it" if earlier else "it had not happened"
        )
        scenario.expect.fail(f"expected: {event} before {other}\nactual:   {when}")


def subject_of(text: str) -> str:
    """Returns the subject of a moment: `moments.bound`, `moments.Failed`, `moments.group.Failed`.

    Raises FeatureError for a text that does not name a moment.
    """
    kind = (
        kind_of(text.split('"')[0].removeprefix("the ").strip())
        if _OBJECT.is_matching(text)
        else ""
    )
    *_, word = text.removesuffix(" again").split()
    return ".".join(part for part in ("moments", kind, word) if part)


def words_of(text: str) -> Mapping[str, str]:
    """Returns what a moment speaks of, by the placeholders of steps: `task`, `pods`, `kind`, `key`.

    Returns nothing for a text that does not name a moment.
    """
    found = next((p.parse_arguments(text) or {} for p in _LOOKS if p.is_matching(text)), {})
    placeholders = {"name": "task", "who": "pods"}
    return {placeholders.get(word, word): value for word, value in found.items() if value}


def await_moment(scenario: Scenario, text: str, seconds: float) -> Moment:
    """Waits for the moment that the text names; the check fails if `seconds` pass before it."""
    __tracebackhide__ = True
    return scenario.expect.until(
        lambda: find(scenario, text),
        seconds,
        lambda: f"expected: {text}\nactual:   not so far: {instead(scenario, words_of(text))}",
    )


def find(scenario: Scenario, text: str) -> Moment | None:
    """Returns the moment that the text names; None if it has not come yet.

    Raises FeatureError for a text that does not name a moment.
    """
    for parser, look in _LOOKS.items():
        if parser.is_matching(text):
            return look(scenario, parser.parse_arguments(text) or {})
    raise FeatureError(f"{text!r} is not a moment", hint='as in `the pods of "psi" were bound`')


def _of_task(scenario: Scenario, words: Mapping[str, str]) -> Moment | None:
    versions = lifetime(scenario, words["name"])
    wanted = words.get("phase")
    found = (v for v in versions if not wanted or status_of(v).get("phase") == wanted)
    return _moment(scenario, next(found, None))


def _of_pods(scenario: Scenario, words: Mapping[str, str]) -> Moment | None:
    """Finds when the first pod (`a pod`) or the last one (`the pods`) got into the state."""
    who, is_so = whom(words["who"]), STATES[_STATES[words["what"]]]
    versions = pod_versions(scenario, who)
    first: dict[str, Version] = {}
    for version in versions:
        if is_so(version.object):
            first.setdefault(uid_of(version.object), version)
    if words["which"] == "a pod":
        return _moment(scenario, next(iter(first.values()), None))
    concerned = {version.key.partition("/")[0] for version in versions}
    if first.keys() != {uid_of(v.object) for v in versions} or not first:
        return None
    complete = concerned >= domains_of(scenario, who)
    return _moment(scenario, list(first.values())[-1]) if complete else None


def _of_object(scenario: Scenario, words: Mapping[str, str | None]) -> Moment | None:
    """Finds the object's creation, or its first entry into the phase; with `again` the second."""
    kind, key, phase = words["kind"] or "", words["key"] or "", words.get("phase")
    if phase is None:
        return _moment(scenario, next(iter(versions_of(scenario, KINDS[kind], key)), None))
    times = [v for v in entries(scenario, kind, key) if phase_of(v.object) == phase]
    return _moment(scenario, next(iter(times[1:] if words.get("again") else times), None))


def _moment(scenario: Scenario, version: Version | None) -> Moment | None:
    if version is None:
        return None
    place = next(i for i, each in enumerate(scenario.history.versions) if each is version)
    return Moment(place, version)


_LOOKS: Mapping[parsers.re, Callable[[Scenario, Mapping[str, str]], Moment | None]] = {
    _TASK: _of_task,
    _PODS: _of_pods,
    _OBJECT: _of_object,
}
