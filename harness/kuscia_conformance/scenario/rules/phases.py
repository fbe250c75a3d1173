"""Rules for the phase of a task, and what it says of parties and pods (VW-02 to VW-06, RN-01)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.objects import Obj, has_ended, phase_of
from kuscia_conformance.scenario.rules.story import (
    FINAL,
    SOON,
    Life,
    Look,
    Story,
    needed,
    parties_of,
    party_of,
    status_of,
)

#: The phases in their order; a task need not have all of them.
PHASES = ("", "Pending", "Running", "Succeeded", "Failed")


def goes_forward(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for state in task.states:
            yield Look(task.name, state.at, _odd(state))
        for change in task.changes:
            one, other = phase_of(change.before.object), phase_of(change.after.object)
            if one not in FINAL and one in PHASES and other in PHASES:
                back = PHASES.index(other) < PHASES.index(one)
                yield Look(task.name, change.at, f"from {one} to {other or 'no phase'}" * back)


def _odd(state: Version) -> str:
    """Returns what is wrong with the phase of a state; a task with a startTime has been handled."""
    phase = phase_of(state.object)
    if phase not in PHASES:
        return f"the phase is {phase!r}"
    return "handled, and without a phase" * bool(status_of(state).get("startTime") and not phase)


def final_stays(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        for change in task.changes:
            one, other = phase_of(change.before.object), phase_of(change.after.object)
            if one in FINAL:
                yield Look(task.name, change.at, f"from {one} to {other}" * (one != other))


def one_entry(story: Story) -> Iterator[Look]:
    for task, state in _told(story):
        entries = status_of(state).get("partyTaskStatus") or []
        found, wanted = Counter(map(party_of, entries)), Counter(parties_of(task))
        wrong = f"entries: {_words(found)}; parties: {_words(wanted)}" * (found != wanted)
        odd = [entry.get("phase") for entry in entries if entry.get("phase") not in PHASES[1:]]
        yield Look(task.name, state.at, wrong or (f"a party's phase is {odd[0]!r}" if odd else ""))


def parties_succeeded(story: Story) -> Iterator[Look]:
    for task, state in _told(story):
        if phase_of(state.object) == "Succeeded" and needed(task) == len(parties_of(task)):
            entries = status_of(state).get("partyTaskStatus") or []
            others = [entry for entry in entries if entry.get("phase") != "Succeeded"]
            wrong = f"Succeeded, with the party {others[0]}" if others else ""
            yield Look(task.name, state.at, wrong)


def failed_says_why(story: Story) -> Iterator[Look]:
    for task, state in _told(story):
        if phase_of(state.object) == "Failed":
            status = status_of(state)
            silent = not (status.get("reason") or status.get("message"))
            yield Look(task.name, state.at, "Failed, without reason and message" * silent)


def failed_party_says_why(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        domains = Counter(domain for domain, _ in parties_of(task))
        told: set[tuple[str, str]] = set()
        for state in task.settled:
            for entry in status_of(state).get("partyTaskStatus") or []:
                party = party_of(entry)
                if entry.get("phase") != "Failed" or party in told or domains[party[0]] != 1:
                    continue
                told.add(party)
                if lost := _failed_before(story, task, party[0], state.at):
                    silent = not entry.get("message")
                    wrong = f"{' '.join(party).strip()} has failed with {lost}, without message"
                    yield Look(task.name, state.at, wrong * silent)


def _failed_before(story: Story, task: Life, domain: str, moment: datetime) -> str:
    """Returns a pod of the domain that had failed by itself, or that the suite deleted; or ""."""
    for pod in story.pods_of(task):
        if pod.key.partition("/")[0] == domain:
            failed = any(_has_failed(v.object) for v in pod.versions if v.at <= moment)
            if failed or any(act.began <= moment for act in story.asked("delete", pod)):
                return pod.name
    return ""


def _has_failed(pod: Obj) -> bool:
    return phase_of(pod) == "Failed" and "deletionTimestamp" not in pod["metadata"]


def pending_while_unbound(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        bound = min((pod.bound for pod in story.pods_of(task) if pod.bound), default=None)
        for state in task.states:
            if phase_of(state.object) in ("Running", "Succeeded"):
                early = bound is None or state.at < bound - story.lag
                wrong = f"{phase_of(state.object)}, though no pod of it was bound" * early
                yield Look(task.name, state.at, wrong)


def running_with_parties(story: Story) -> Iterator[Look]:
    for task in story.tasks:
        began = _parties_run(story, task)
        if began and story.in_time(began) and not task.is_gone_by(began + SOON):
            phases = {phase_of(s.object) for s in task.states if s.at <= began + SOON}
            wrong = f"a pod of each party runs, but the task was never Running: {sorted(phases)}"
            yield Look(task.name, began, wrong * phases.isdisjoint(("Running", *FINAL)))


def _told(story: Story) -> Iterator[tuple[Life, Version]]:
    """Yields each state of a task that is Running or has finished."""
    for task in story.tasks:
        for state in task.settled:
            if phase_of(state.object) in ("Running", *FINAL):
                yield task, state


def _words(parties: Counter[tuple[str, str]]) -> str:
    names = [f"{domain} {role}".strip() for domain, role in parties.elements()]
    return ", ".join(sorted(names)) or "none"


def _parties_run(story: Story, task: Life) -> datetime | None:
    """Returns when a pod of each needed party had run; None if parties share domains."""
    domains = [domain for domain, _ in parties_of(task)]
    if len(set(domains)) < len(domains):
        return None
    began: dict[str, datetime] = {}
    for pod in story.pods_of(task):
        for version in pod.versions:
            if phase_of(version.object) == "Running" or has_ended(version.object):
                domain = pod.key.partition("/")[0]
                began[domain] = min(version.at, began.get(domain, version.at))
    enough, need = sorted(began.values()), needed(task)
    return enough[need - 1] if 0 < need <= len(enough) else None


JUDGES: Mapping[str, Callable[[Story], Iterator[Look]]] = {
    "phase goes forward": goes_forward,
    "final phase stays": final_stays,
    "each party has one entry": one_entry,
    "parties of a Succeeded task": parties_succeeded,
    "a Failed task says why": failed_says_why,
    "a failed party says why": failed_party_says_why,
    "Pending while no pod is bound": pending_while_unbound,
    "Running once its parties run": running_with_parties,
}
