"""Pods: telling them to end, and what they have come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pytest_bdd import given, parsers, then, when

from harness import documents, objects, orders
from harness.changes import expectation
from harness.documents import Context, Mismatch
from harness.errors import FeatureError, NoEvidence
from harness.journal import Version
from harness.objects import PODS, Obj, uid_of
from harness.orders import Order
from harness.scenario import Scenario
from harness.tasks import names_in


def _phase(pod: Obj) -> str:
    return str((pod.get("status") or {}).get("phase", ""))


def _is_ready(pod: Obj) -> bool:
    return (objects.condition_of(pod, "Ready") or {}).get("status") == "True"


#: What a pod may be asked to have been, by the words of the feature.
STATES: Mapping[str, Callable[[Obj], bool]] = {
    "exist": bool,
    "are bound": lambda pod: bool(pod["spec"].get("nodeName")),
    "run": lambda pod: _phase(pod) == "Running",
    "are ready": _is_ready,
    "have ended": lambda pod: _phase(pod) in ("Succeeded", "Failed"),
}
#: What one pod does, as what several do.
SINGULAR = {
    "exists": "exist",
    "is bound": "are bound",
    "runs": "run",
    "is ready": "are ready",
    "has ended": "have ended",
}
#: How far one watch may be behind another, in seconds.
LAG = 2.0
#: The pods of a task, of a domain, or a single one: `the pod "alice/psi-0"`.
WHO = r'(?P<who>the pods of (?:"[^"]+"|[^\s"]+)|the pod "[^"/]+/[^"]+")'
KEY = r"[a-z0-9.-]+/[a-z0-9.-]+"
KEYS = rf"{KEY}(?:(?:, | and ){KEY})*"
ARE = rf"{WHO} (?P<state>{'|'.join([*STATES, *SINGULAR])})"


@then(parsers.re(ARE))
@given(parsers.re(ARE))
@when(parsers.re(ARE))
def _(scenario: Scenario, who: str, state: str) -> None:
    """Then the pods of "psi" are bound; or `the pod "alice/psi-0" is bound`."""
    __tracebackhide__ = True
    who, state = whom(who), SINGULAR.get(state, state)
    timeout = scenario.timeouts.bound if state == "are bound" else scenario.timeouts.pods
    scenario.until(
        lambda: have_all_been(scenario, who, state) or None,
        timeout,
        lambda: describe(scenario, who, state),
    )


@then(parsers.re(rf"(?P<count>\d+) of {WHO} (?P<state>{'|'.join(STATES)})"))
def _(scenario: Scenario, count: str, who: str, state: str) -> None:
    """Then 2 of the pods of "psi" are bound: so many and no more, whichever they are."""
    __tracebackhide__ = True
    who = whom(who)
    scenario.until(
        lambda: len(have_been(scenario, who, state)) == int(count) or None,
        scenario.timeouts.bound if state == "are bound" else scenario.timeouts.pods,
        lambda: describe(scenario, who, state, which=f"{count} of the pods"),
    )


@when(
    parsers.re(
        rf"{WHO} finish(?:es)?"
        r'(?: with exit code (?P<code>\d+))?(?: and message "(?P<message>[^"]*)")?'
    )
)
def _(scenario: Scenario, who: str, code: str | None, message: str | None) -> None:
    """When the pods of bob finish with exit code 3 and message "boom"."""
    __tracebackhide__ = True
    who, order = whom(who), Order(int(code or 0), message or "")
    scenario.until(
        lambda: have_all_been(scenario, who, "run") or None,
        scenario.timeouts.pods,
        lambda: describe(scenario, who, "run"),
    )
    scenario.act()
    api, simulated = scenario.connection.api, "simulated-nodes" in scenario.environment.can
    mine = {uid_of(version.object) for version in pod_versions(scenario, who)}
    there = [version.real for version in scenario.pods(who) if uid_of(version.object) in mine]
    running = [pod for pod in there if _phase(pod) == "Running"]
    told = (orders.give(api, pod, order, simulated=simulated) for pod in running)
    scenario.connection.together(*told)


@then(parsers.re(rf'{WHO} match(?:es)? "(?P<file>[^"]+)"'))
def _(scenario: Scenario, who: str, file: str) -> None:
    """Then the pods of alice match "alice.pod.yaml": each, as it then is or was last."""
    __tracebackhide__ = True
    document, context = scenario.files.document(file), Context(nodes=scenario.nodes)
    await_pods(scenario, whom(who), lambda pod: documents.compare(document, pod, context))


@then(parsers.re(rf"{WHO} ha(?:ve|s)"))
def _(scenario: Scenario, who: str, datatable: list[list[str]]) -> None:
    """Then the pods of alice have: rows `| spec.containers[0].env[name=HOME].value | /root |`."""
    __tracebackhide__ = True
    rows = [(documents.path_text(path), path, value) for path, value in expectation(datatable)]
    wanted = {text: value for text, _, value in rows}
    context = Context(nodes=scenario.nodes)

    def compare(pod: Obj) -> Sequence[Mismatch]:
        values = {text: documents.value_at(pod, path) for text, path, _ in rows}
        found = {text: value for text, value in values.items() if value is not None}
        return documents.compare(wanted, found, context)

    await_pods(scenario, whom(who), compare)


@then(parsers.re(rf"the pods of \"(?P<name>[^\"]+)\" are (?P<pods>{KEYS})"))
def _(scenario: Scenario, name: str, pods: str) -> None:
    """Then the pods of "psi" are alice/psi-0, alice/psi-1 and bob/psi-0."""
    __tracebackhide__ = True
    wanted = sorted(names_in(pods))

    def text() -> str:
        return f"expected: {', '.join(wanted)}\nactual:   {', '.join(found()) or 'none'}"

    def found() -> list[str]:
        return sorted(version.key for version in scenario.pods(scenario.task(name).name))

    scenario.until(lambda: found() == wanted or None, scenario.timeouts.pods, text)


@then(parsers.re(r'no pod of (?P<who>"[^"]+"|[^\s"]+) was (?P<what>bound|made)'))
def _(scenario: Scenario, who: str, what: str, datatable: list[list[str]]) -> None:
    """Then no pod of "psi" was bound; a row `| witness | the pods of "probe" are bound |`."""
    __tracebackhide__ = True
    who, is_so = whom(who), STATES["are bound" if what == "bound" else "exist"]
    require_witness(scenario, datatable)
    if found := [v.key for v in pod_versions(scenario, who) if is_so(v.object)]:
        scenario.fail(f"expected: no pod of {who} is {what}\nactual:   {found[0]} was {what}")


@then(parsers.re(rf'"(?P<name>[^"]+)" never had other pods than (?P<pods>{KEYS})'))
def _(scenario: Scenario, name: str, pods: str, datatable: list[list[str]]) -> None:
    """Then "psi" never had other pods than alice/psi-0 and bob/psi-0; with a witness."""
    __tracebackhide__ = True
    require_witness(scenario, datatable)
    wanted, found = set(names_in(pods)), {v.key for v in pod_versions(scenario, name)}
    if found != wanted:
        actual = ", ".join(sorted(found)) or "none"
        scenario.fail(f"expected: the pods {', '.join(sorted(wanted))}\nactual:   {actual}")


@then(parsers.re(r'each pod of (?P<who>"[^"]+"|[^\s"]+) was created once'))
def _(scenario: Scenario, who: str) -> None:
    """Then each pod of "psi" was created once: never made again under its name."""
    __tracebackhide__ = True
    made = {(v.key, uid_of(v.object)) for v in pod_versions(scenario, whom(who))}
    keys = [key for key, _ in made]
    if not keys or (again := sorted({key for key in keys if keys.count(key) > 1})):
        actual = f"{', '.join(again)} was made again" if keys else "there were none"
        scenario.fail(f"expected: each pod of {whom(who)} is created once\nactual:   {actual}")


@then(parsers.re(rf"{WHO} (?:are|is) over"))
def _(scenario: Scenario, who: str) -> None:
    """Then the pods of alice are over: each has ended or is gone."""
    __tracebackhide__ = True
    who = whom(who)

    def none_goes_on() -> bool | None:
        left = [v for v in scenario.pods(who) if _phase(v.object) in ("Pending", "Running")]
        return None if left or not pod_versions(scenario, who) else True

    scenario.until(
        none_goes_on, scenario.timeouts.gone, lambda: describe(scenario, who, "are over")
    )


def whom(words: str) -> str:
    """The task, the domain or the pod that is meant by `the pods of "psi"`."""
    return words.removeprefix("the pods of ").removeprefix("the pod ").strip('"')


def require_witness(scenario: Scenario, datatable: list[list[str]]) -> None:
    """That something did not happen counts only if the controller was at work meanwhile."""
    parser = parsers.re(ARE)
    for word, text in datatable:
        if word != "witness" or not parser.is_matching(text):
            raise FeatureError(f"a witness reads like `the pods of X are bound`, not {text!r}")
        found = parser.parse_arguments(text) or {}
        who, state = whom(found["who"] or ""), found["state"] or ""
        if not _is_witnessed(scenario, who, SINGULAR.get(state, state)):
            raise NoEvidence(
                f"no witness that the controller was at work: {text}, but they did not"
            )


def _is_witnessed(scenario: Scenario, who: str, state: str) -> bool:
    """At once, or as soon as the watch of the pods is as far as that of the tasks."""

    def look() -> bool | None:
        return have_all_been(scenario, who, state) or None

    return bool(look() or scenario.history.until(look, LAG))


def pod_versions(scenario: Scenario, who: str) -> list[Version]:
    """The versions of its pods; of a task made again, without those of the one before it."""
    pods = [(i, v) for i, v in enumerate(scenario.history.versions) if v.resource is PODS]
    mine = [(i, v) for i, v in pods if scenario.is_of(v.object, who)]
    since = scenario.tasks[who].since if who in scenario.tasks else 0
    before = {uid_of(v.object) for i, v in mine if i < since}
    return [v for _, v in mine if uid_of(v.object) not in before]


def have_all_been(scenario: Scenario, who: str, state: str) -> bool:
    """Whether every pod was at some time in that state, and every domain concerned has one."""
    versions = pod_versions(scenario, who)
    seen = {uid_of(version.object) for version in versions}
    concerned = {version.key.partition("/")[0] for version in versions}
    complete = concerned >= domains_of(scenario, who)
    return bool(seen) and complete and seen == have_been(scenario, who, state)


def have_been(scenario: Scenario, who: str, state: str) -> set[str]:
    """The uids of the pods that were at some time in that state."""
    is_so = STATES[state]
    return {uid_of(v.object) for v in pod_versions(scenario, who) if is_so(v.object)}


def domains_of(scenario: Scenario, who: str) -> set[str]:
    if who in scenario.tasks:
        return set(scenario.tasks[who].domains)
    return {who.partition("/")[0]}


def await_pods(scenario: Scenario, who: str, compare: Callable[[Obj], Sequence[Mismatch]]) -> None:
    """Wait until there are pods, and each is right; the check fails with the first that is not."""
    __tracebackhide__ = True

    def wrong() -> str:
        newest = {version.key: version.object for version in pod_versions(scenario, who)}
        if not newest:
            return f"expected: pods of {who}\nactual:   it has none"
        found = ((key, compare(pod)) for key, pod in newest.items())
        return next((f"pod {key}\n{documents.render(some)}" for key, some in found if some), "")

    scenario.until(lambda: not wrong() or None, scenario.timeouts.status, wrong)


def describe(scenario: Scenario, who: str, state: str, which: str = "the pods") -> str:
    """What became of the pods instead."""
    pods = [f"{version.key} is {_situation(version.object)}" for version in scenario.pods(who)]
    actual = "; ".join(pods) or "it has no pods"
    return f"expected: {which} of {who} {state}\nactual:   {actual}"


def _situation(pod: Obj) -> str:
    where = "bound" if pod["spec"].get("nodeName") else "not bound"
    condition = objects.condition_of(pod, "PodScheduled") or {}
    why = f" ({condition['message']})" if condition.get("message") else ""
    return f"{_phase(pod) or 'without phase'}, {where}{why}"
