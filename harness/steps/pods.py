"""Pods: telling them to end, and what they have come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_bdd import given, parsers, then, when

from harness import documents, objects, orders
from harness.documents import Context
from harness.errors import FeatureError, NoEvidence
from harness.journal import Version
from harness.objects import PODS, Obj
from harness.orders import Order
from harness.scenario import Scenario


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
WHO = r'(?:"(?P<task>[^"]+)"|(?P<domain>[^\s"]+))'
ARE = rf"the pods of {WHO} (?P<state>{'|'.join(STATES)})"


@then(parsers.re(ARE))
@given(parsers.re(ARE))
@when(parsers.re(ARE))
def _(scenario: Scenario, task: str | None, domain: str | None, state: str) -> None:
    """Then the pods of "psi" are bound."""
    __tracebackhide__ = True
    who = task or domain or ""
    timeout = scenario.timeouts.bound if state == "are bound" else scenario.timeouts.pods
    scenario.until(
        lambda: have_all_been(scenario, who, state) or None,
        timeout,
        lambda: describe(scenario, who, state),
    )


@when(
    parsers.re(
        rf"the pods of {WHO} finish"
        r'(?: with exit code (?P<code>\d+))?(?: and message "(?P<message>[^"]*)")?'
    )
)
def _(
    scenario: Scenario,
    task: str | None,
    domain: str | None,
    code: str | None,
    message: str | None,
) -> None:
    """When the pods of bob finish with exit code 3 and message "boom"."""
    __tracebackhide__ = True
    who, order = task or domain or "", Order(int(code or 0), message or "")
    scenario.until(
        lambda: have_all_been(scenario, who, "run") or None,
        scenario.timeouts.pods,
        lambda: describe(scenario, who, "run"),
    )
    scenario.act()
    api, simulated = scenario.connection.api, "simulated-nodes" in scenario.environment.can
    running = [v.real for v in scenario.pods(who) if _phase(v.object) == "Running"]
    told = (orders.give(api, pod, order, simulated=simulated) for pod in running)
    scenario.connection.together(*told)


@then(parsers.re(rf'the pods of {WHO} match "(?P<file>[^"]+)"'))
def _(scenario: Scenario, task: str | None, domain: str | None, file: str) -> None:
    """Then the pods of alice match "alice.pod.yaml": each as it is now, or was last."""
    __tracebackhide__ = True
    document, context = scenario.files.document(file), Context(nodes=scenario.nodes)
    newest = {version.key: version for version in pod_versions(scenario, task or domain or "")}
    if not newest:
        scenario.fail(f"expected: pods of {task or domain}\nactual:   it has none")
    for key, version in newest.items():
        if mismatches := documents.compare(document, version.object, context):
            scenario.fail(f"pod {key}\n{documents.render(mismatches)}")


@then(parsers.re(rf"no pod of {WHO} was bound"))
def _(scenario: Scenario, task: str | None, domain: str | None, datatable: list[list[str]]) -> None:
    """Then no pod of "psi" was bound; a row `| witness | the pods of "probe" are bound |`."""
    __tracebackhide__ = True
    who = task or domain or ""
    require_witness(scenario, datatable)
    bound = [v for v in pod_versions(scenario, who) if v.object["spec"].get("nodeName")]
    if bound:
        scenario.fail(f"expected: no pod of {who} is bound\nactual:   {bound[0].key} was bound")


@then(parsers.re(rf"the pods of {WHO} are over"))
def _(scenario: Scenario, task: str | None, domain: str | None) -> None:
    """Then the pods of alice are over: each has ended or is gone."""
    __tracebackhide__ = True
    who = task or domain or ""

    def none_goes_on() -> bool | None:
        left = [v for v in scenario.pods(who) if _phase(v.object) in ("Pending", "Running")]
        return None if left or not pod_versions(scenario, who) else True

    scenario.until(
        none_goes_on, scenario.timeouts.gone, lambda: describe(scenario, who, "are over")
    )


def require_witness(scenario: Scenario, datatable: list[list[str]]) -> None:
    """That something did not happen counts only if the controller was at work meanwhile."""
    parser = parsers.re(ARE)
    for word, text in datatable:
        if word != "witness" or not parser.is_matching(text):
            raise FeatureError(f"a witness reads like `the pods of X are bound`, not {text!r}")
        found = parser.parse_arguments(text) or {}
        who = found["task"] or found["domain"] or ""
        if not have_all_been(scenario, who, found["state"] or ""):
            raise NoEvidence(
                f"no witness that the controller was at work: {text}, but they did not"
            )


def pod_versions(scenario: Scenario, who: str) -> list[Version]:
    return [
        version
        for version in scenario.history.versions
        if version.resource is PODS and scenario.is_of(version.object, who)
    ]


def have_all_been(scenario: Scenario, who: str, state: str) -> bool:
    """Whether every pod was at some time in that state, and every domain concerned has one."""
    is_so, once, seen = STATES[state], set(), set()
    for version in pod_versions(scenario, who):
        seen.add(version.key)
        if is_so(version.object):
            once.add(version.key)
    domains = scenario.tasks[who].domains if who in scenario.tasks else [who]
    return seen == once and {key.partition("/")[0] for key in seen} >= set(domains)


def describe(scenario: Scenario, who: str, state: str) -> str:
    """What became of the pods instead."""
    pods = [f"{version.key} is {_situation(version.object)}" for version in scenario.pods(who)]
    actual = "; ".join(pods) or "it has no pods"
    return f"expected: the pods of {who} {state}\nactual:   {actual}"


def _situation(pod: Obj) -> str:
    where = "bound" if pod["spec"].get("nodeName") else "not bound"
    condition = objects.condition_of(pod, "PodScheduled") or {}
    why = f" ({condition['message']})" if condition.get("message") else ""
    return f"{_phase(pod) or 'without phase'}, {where}{why}"
