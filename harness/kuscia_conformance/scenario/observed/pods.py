"""Pods: which pods the words of a feature mean, their states, and what is in them.

Wherever a function takes `who`, it is one of

    psi           a task, a group or a task resource: its pods in all its domains
    alice         a domain: all pods in its namespace
    alice/psi-0   a single pod

A state counts from the first version in which a pod had it. So a pod that ran and ended "has run",
and checks do not depend on how fast a step looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pytest_bdd import parsers

from kuscia_conformance import documents
from kuscia_conformance.documents import Mismatch
from kuscia_conformance.documents.edits import expectation
from kuscia_conformance.documents.operators import Context
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.errors import (
    FeatureError,
    NoEvidence,
    choice,
)
from kuscia_conformance.kube import objects
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import (
    PODS,
    Obj,
    has_ended,
    is_ready,
    name_of,
    phase_of,
    uid_of,
)
from kuscia_conformance.scenario.capacity import PLAIN
from kuscia_conformance.scenario.scenario import Scenario

#: The states of pods, by the words of the feature. Each function checks one version of a pod.
STATES: Mapping[str, Callable[[Obj], bool]] = {
    "exist": bool,
    "are bound": lambda pod: bool(pod["spec"].get("nodeName")),
    "run": lambda pod: phase_of(pod) == "Running",
    "are ready": is_ready,
    "have ended": has_ended,
}


#: The states in the singular, and their plural.
SINGULAR = {
    "exists": "exist",
    "is bound": "are bound",
    "runs": "run",
    "is ready": "are ready",
    "has ended": "have ended",
}


#: By how many seconds the watch of one kind may lag behind that of another.
LAG = 2.0


#: The pods of a task or of a domain, or a single pod: `the pod "alice/psi-0"`.
WHO = r'(?P<pods>the pods of (?:"[^"]+"|[^\s"]+)|the pod "[^"/]+/[^"]+")'


KEY = r"[a-z0-9.-]+/[a-z0-9.-]+"


KEYS = rf"{KEY}(?:(?:, | and ){KEY})*"


ARE = rf"{WHO} (?P<state>{'|'.join([*STATES, *SINGULAR])})"


def whom(words: str) -> str:
    """Returns the task, domain or pod that words such as `the pods of "psi"` name."""
    return words.removeprefix("the pods of ").removeprefix("the pod ").strip('"')


def require_witness(scenario: Scenario, datatable: list[list[str]]) -> None:
    """Requires that the witnesses of a negative check have happened.

    That something did not happen proves something only if the controller was working at that time.
    Raises FeatureError for a row that is not a witness, and NoEvidence if its pods never got into
    the state.
    """
    parser = parsers.re(ARE)
    scenario.history.update()
    for word, text in datatable:
        if word != "witness" or not parser.is_matching(text):
            raise FeatureError(f"a witness reads like `the pods of X are bound`, not {text!r}")
        found = parser.parse_arguments(text) or {}
        who, state = whom(found["pods"] or ""), found["state"] or ""
        if not _is_witnessed(scenario, who, SINGULAR.get(state, state)):
            hint = f"wait for the witness in a step above: When {text}"
            raise NoEvidence("nothing shows that the controller was working", hint=hint)


def _is_witnessed(scenario: Scenario, who: str, state: str) -> bool:
    """Checks now, and waits up to LAG seconds, in case the watch of the pods is behind others."""

    def look() -> bool | None:
        return have_all_been(scenario, who, state) or None

    return bool(look() or scenario.history.until(look, LAG))


def pod_versions(scenario: Scenario, who: str) -> list[Version]:
    """Returns the versions of the pods.

    For a task that was created again, the pods of the earlier task are left out. Raises
    FeatureError if `who` names neither a task nor a domain of this scenario, nor a pod.
    """
    require_known(scenario, who)
    pods = [(i, v) for i, v in enumerate(scenario.history.versions) if v.resource is PODS]
    mine = [(i, v) for i, v in pods if is_pod_of(scenario, v.object, who)]
    since = scenario.applied.tasks[who].since if who in scenario.applied.tasks else 0
    before = {uid_of(v.object) for i, v in mine if i < since}
    return [v for _, v in mine if uid_of(v.object) not in before]


def have_all_been(scenario: Scenario, who: str, state: str) -> bool:
    """Checks that every pod has been in the state, and that each domain of `who` has a pod."""
    versions = pod_versions(scenario, who)
    seen = {uid_of(version.object) for version in versions}
    concerned = {version.key.partition("/")[0] for version in versions}
    complete = concerned >= domains_of(scenario, who)
    return bool(seen) and complete and seen == have_been(scenario, who, state)


def have_been(scenario: Scenario, who: str, state: str) -> set[str]:
    """Returns the uids of the pods that have been in the state."""
    is_so = STATES[state]
    return {uid_of(v.object) for v in pod_versions(scenario, who) if is_so(v.object)}


def domains_of(scenario: Scenario, who: str) -> set[str]:
    """Returns the domains in which `who` has to have pods."""
    if who in scenario.applied.tasks:
        return set(scenario.applied.tasks[who].domains)
    return {who.partition("/")[0]}


def await_state(scenario: Scenario, who: str, state: str) -> None:
    """Waits until all pods have been in the state, given in the plural or the singular."""
    __tracebackhide__ = True
    state = SINGULAR.get(state, state)
    scenario.expect.until(
        lambda: have_all_been(scenario, who, state) or None,
        _patience(scenario, state),
        lambda: describe(scenario, who, state),
    )


def await_count(scenario: Scenario, who: str, state: str, count: int) -> None:
    """Waits until exactly `count` pods have been in the state."""
    __tracebackhide__ = True
    scenario.expect.until(
        lambda: len(have_been(scenario, who, state)) == count or None,
        _patience(scenario, state),
        lambda: describe(scenario, who, state, which=f"{count} of the pods"),
    )


def _patience(scenario: Scenario, state: str) -> float:
    return scenario.timeouts.bound if state == "are bound" else scenario.timeouts.pods


def await_keys(scenario: Scenario, who: str, wanted: list[str]) -> None:
    """Waits until the existing pods are exactly those of the keys in `wanted`, which is sorted."""
    __tracebackhide__ = True

    def found() -> list[str]:
        return sorted(version.key for version in pods_of(scenario, who))

    def text() -> str:
        return f"expected: {', '.join(wanted)}\nactual:   {', '.join(found()) or 'none'}"

    scenario.expect.until(lambda: found() == wanted or None, scenario.timeouts.pods, text)


def await_over(scenario: Scenario, who: str) -> None:
    """Waits until there was a pod, and each pod has ended or is gone."""
    __tracebackhide__ = True

    def none_goes_on() -> bool | None:
        left = [v for v in pods_of(scenario, who) if phase_of(v.object) in ("Pending", "Running")]
        return None if left or not pod_versions(scenario, who) else True

    scenario.expect.until(
        none_goes_on, scenario.timeouts.gone, lambda: describe(scenario, who, "are over")
    )


def made_again(scenario: Scenario, who: str) -> str:
    """Returns a text about pods that were created more than once under one name, or "".

    The text also reports that there were no pods at all: then the check would prove nothing.
    """
    scenario.history.update()
    made = {(v.key, uid_of(v.object)) for v in pod_versions(scenario, who)}
    keys = [key for key, _ in made]
    again = sorted({key for key in keys if keys.count(key) > 1})
    if not keys:
        return "there were no pods"
    return f"{', '.join(again)} was created again" if again else ""


@dataclass(frozen=True)
class Expected:
    """What a pod has to look like."""

    #: Finds the mismatches of a pod.
    compare: Callable[[Obj], Sequence[Mismatch]]
    #: Names the mismatches as subjects.
    subjects: Callable[[Sequence[Mismatch]], Sequence[str]]
    #: Returns the mismatches with the places in the pod as their paths.
    placed: Callable[[Sequence[Mismatch]], Sequence[Mismatch]] = tuple


def as_document(scenario: Scenario, document: Any) -> Expected:
    """Returns what a pod has to look like by an expected document."""
    context = Context(nodes=scenario.domains.nodes)
    return Expected(
        lambda pod: documents.compare(document, pod, context),
        lambda mismatches: documents.mismatched(document, "pod", mismatches),
    )


def as_table(scenario: Scenario, table: Sequence[Sequence[str]]) -> Expected:
    """Returns what a pod has to look like by a table of paths and values.

    Raises FeatureError for a row that is not a path and a value.
    """
    rows = [(documents.path_text(path), path, value) for path, value in expectation(table)]
    wanted = {text: value for text, _, value in rows}
    context = Context(nodes=scenario.domains.nodes)

    def compare(pod: Obj) -> Sequence[Mismatch]:
        values = {text: documents.value_at(pod, path) for text, path, _ in rows}
        found = {text: value for text, value in values.items() if value is not None}
        return documents.compare(wanted, found, context)

    def subjects(mismatches: Sequence[Mismatch]) -> Sequence[str]:
        return [subject for each in mismatches for subject in _in_table(wanted, each)]

    def placed(mismatches: Sequence[Mismatch]) -> Sequence[Mismatch]:
        paths = {text: path for text, path, _ in rows}
        return [replace(each, path=(*paths[each.path[0]], *each.path[1:])) for each in mismatches]

    return Expected(compare, subjects, placed)


def _in_table(wanted: Mapping[str, Any], mismatch: Mismatch) -> Sequence[str]:
    row, *below = mismatch.path
    return documents.mismatched(wanted[row], f"pod.{row}", [replace(mismatch, path=tuple(below))])


def await_pods(scenario: Scenario, who: str, expected: Expected) -> None:
    """Waits until there are pods and the newest version of each is as expected.

    The check fails with the mismatches of the first pod that has some.
    """
    __tracebackhide__ = True

    def wrong() -> tuple[str, Sequence[Mismatch]] | None:
        newest = {version.key: version.object for version in pod_versions(scenario, who)}
        found = ((key, expected.compare(pod)) for key, pod in newest.items())
        nothing = None if newest else ("", ())
        return next(((key, some) for key, some in found if some), nothing)

    def text() -> str:
        key, mismatches = wrong() or ("", ())
        if not key:
            return f"expected: pods of {who}\nactual:   {pods_in_words(scenario, who)}"
        return f"pod {key}\n{documents.render(expected.placed(mismatches))}"

    scenario.expect.until(
        lambda: wrong() is None or None,
        scenario.timeouts.status,
        text,
        lambda: expected.subjects((wrong() or ("", ()))[1]),
    )


def describe(scenario: Scenario, who: str, state: str, which: str = "the pods") -> str:
    """Returns the text of a failure: the expected state, and what each existing pod is instead."""
    actual = pods_in_words(scenario, who)
    return f"expected: {which} of {who} {state}\nactual:   {actual}"


def pods_in_words(scenario: Scenario, who: str) -> str:
    """Returns what each pod is, and what those that are gone were last."""
    newest = {version.key: version for version in pod_versions(scenario, who)}
    pods = [
        f"{key} is gone; it was {situation(version.object)}"
        if version.gone
        else f"{key} is {situation(version.object)}"
        for key, version in newest.items()
    ]
    return "; ".join(pods) or "it has no pods"


def situation(pod: Obj) -> str:
    """Returns the phase of a pod, whether it is bound, and why not."""
    where = "bound" if pod["spec"].get("nodeName") else "not bound"
    condition = objects.condition_of(pod, "PodScheduled") or {}
    why = f" ({condition['message']})" if condition.get("message") else ""
    return f"{phase_of(pod) or 'without phase'}, {where}{why}"


def pods_of(scenario: Scenario, who: str) -> list[Version]:
    """Returns the newest version of each existing pod of `who`.

    Raises FeatureError if `who` names neither a task nor a domain of this scenario, nor a pod.
    """
    require_known(scenario, who)
    newest = scenario.history.latest(PODS).values()
    return [version for version in newest if is_pod_of(scenario, version.object, who)]


def require_known(scenario: Scenario, who: str) -> None:
    """Raises FeatureError if `who` names neither a task nor a domain of this scenario, nor a pod.

    A pod of no task or domain would never come, and the controller would be blamed for it.
    """
    known = [*scenario.applied.tasks, *scenario.domains.nodes]
    if "/" not in who and who not in known:
        text = f"{who!r} is neither a task nor a domain of this scenario"
        raise FeatureError(text, hint=choice(who, known, "given"))


def is_pod_of(scenario: Scenario, pod: Obj, who: str) -> bool:
    """Checks whether a pod is one of `who`.

    A task's pods are in its domains, and their names begin with the task's name and a dash. Of
    several such tasks it is the one with the longest name: `psi-0-0` is a pod of `psi-0`. A name
    that begins with no task's name may be that of a pod with a role (CR-16).
    """
    tasks = scenario.applied.tasks
    namespace, name = pod["metadata"]["namespace"], name_of(pod)
    if "/" in who:
        return f"{namespace}/{name}" == who
    if who not in tasks:
        return bool(namespace == who)
    if named := [task for task in tasks if name.startswith(f"{task}-")]:
        here = [task for task in named if namespace in tasks[task].domains]
        return who == max(here, key=len, default="")
    return _is_with_role(scenario, pod, who)


def _is_with_role(scenario: Scenario, pod: Obj, who: str) -> bool:
    """Checks whether a pod with a name of any kind is one of the task's parties with a role.

    It is if no other task has a party with a role there. Else the tasks say it in `podStatuses`.
    """
    namespace, tasks = pod["metadata"]["namespace"], scenario.applied.tasks.values()
    with_role = [task for task in tasks if task.has_role_in(namespace)]
    if PLAIN in objects.labels_of(pod) or who not in [task.name for task in with_role]:
        return False
    if len(with_role) == 1:
        return True
    shown = scenario.history.latest(KUSCIA_TASKS).get(f"{TASK_NAMESPACE}/{who}")
    entries = (shown.object.get("status") or {}).get("podStatuses") if shown else None
    return f"{namespace}/{name_of(pod)}" in (entries or {})
