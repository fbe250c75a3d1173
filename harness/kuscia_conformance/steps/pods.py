"""Pods: telling them to end, and what they have come to."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from kuscia_conformance import documents
from kuscia_conformance.documents import Context
from kuscia_conformance.features.tasks import names_in
from kuscia_conformance.scenario.observed.pods import (
    ARE,
    KEYS,
    STATES,
    WHO,
    await_count,
    await_keys,
    await_over,
    await_pods,
    await_state,
    comparison,
    finish,
    made_again,
    pod_versions,
    require_witness,
    whom,
)
from kuscia_conformance.scenario.scenario import Scenario
from kuscia_conformance.simulated_nodes.exit_order import Order


@then(parsers.re(ARE))
@given(parsers.re(ARE))
@when(parsers.re(ARE))
def _(scenario: Scenario, who: str, state: str) -> None:
    """Then the pods of "psi" are bound; or `the pod "alice/psi-0" is bound`."""
    __tracebackhide__ = True
    await_state(scenario, whom(who), state)


@then(parsers.re(rf"(?P<count>\d+) of {WHO} (?P<state>{'|'.join(STATES)})"))
def _(scenario: Scenario, count: str, who: str, state: str) -> None:
    """Then 2 of the pods of "psi" are bound: so many and no more, whichever they are."""
    __tracebackhide__ = True
    await_count(scenario, whom(who), state, int(count))


@when(
    parsers.re(
        rf"{WHO} finish(?:es)?"
        r'(?: with exit code (?P<code>\d+))?(?: and message "(?P<message>[^"]*)")?'
    )
)
def _(scenario: Scenario, who: str, code: str | None, message: str | None) -> None:
    """When the pods of bob finish with exit code 3 and message "boom"."""
    __tracebackhide__ = True
    finish(scenario, whom(who), Order(int(code or 0), message or ""))


@then(parsers.re(rf'{WHO} match(?:es)? "(?P<file>[^"]+)"'))
def _(scenario: Scenario, who: str, file: str) -> None:
    """Then the pods of alice match "alice.pod.yaml": each, as it then is or was last."""
    __tracebackhide__ = True
    document, context = scenario.files.document(file), Context(nodes=scenario.domains.nodes)
    await_pods(scenario, whom(who), lambda pod: documents.compare(document, pod, context))


@then(parsers.re(rf"{WHO} ha(?:ve|s)"))
def _(scenario: Scenario, who: str, datatable: list[list[str]]) -> None:
    """Then the pods of alice have: rows `| spec.containers[0].env[name=HOME].value | /root |`."""
    __tracebackhide__ = True
    await_pods(scenario, whom(who), comparison(scenario, datatable))


@then(parsers.re(rf"the pods of \"(?P<name>[^\"]+)\" are (?P<pods>{KEYS})"))
def _(scenario: Scenario, name: str, pods: str) -> None:
    """Then the pods of "psi" are alice/psi-0, alice/psi-1 and bob/psi-0."""
    __tracebackhide__ = True
    await_keys(scenario, scenario.applied.task(name).name, sorted(names_in(pods)))


@then(parsers.re(r'no pod of (?P<who>"[^"]+"|[^\s"]+) was (?P<what>bound|made)'))
def _(scenario: Scenario, who: str, what: str, datatable: list[list[str]]) -> None:
    """Then no pod of "psi" was bound; a row `| witness | the pods of "probe" are bound |`."""
    __tracebackhide__ = True
    who, is_so = whom(who), STATES["are bound" if what == "bound" else "exist"]
    require_witness(scenario, datatable)
    if found := [v.key for v in pod_versions(scenario, who) if is_so(v.object)]:
        scenario.expect.fail(
            f"expected: no pod of {who} is {what}\nactual:   {found[0]} was {what}"
        )


@then(parsers.re(rf'"(?P<name>[^"]+)" never had other pods than (?P<pods>{KEYS})'))
def _(scenario: Scenario, name: str, pods: str, datatable: list[list[str]]) -> None:
    """Then "psi" never had other pods than alice/psi-0 and bob/psi-0; with a witness."""
    __tracebackhide__ = True
    require_witness(scenario, datatable)
    wanted, found = set(names_in(pods)), {v.key for v in pod_versions(scenario, name)}
    if found != wanted:
        actual = ", ".join(sorted(found)) or "none"
        scenario.expect.fail(f"expected: the pods {', '.join(sorted(wanted))}\nactual:   {actual}")


@then(parsers.re(r'each pod of (?P<who>"[^"]+"|[^\s"]+) was created once'))
def _(scenario: Scenario, who: str) -> None:
    """Then each pod of "psi" was created once: never made again under its name."""
    __tracebackhide__ = True
    if wrong := made_again(scenario, whom(who)):
        scenario.expect.fail(
            f"expected: each pod of {whom(who)} is created once\nactual:   {wrong}"
        )


@then(parsers.re(rf"{WHO} (?:are|is) over"))
def _(scenario: Scenario, who: str) -> None:
    """Then the pods of alice are over: each has ended or is gone."""
    __tracebackhide__ = True
    await_over(scenario, whom(who))
