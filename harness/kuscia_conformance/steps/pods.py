"""Pods: order them to end, and check their state, their content and their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pytest_bdd import given, then, when

from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence, compares, document_of, table_of
from kuscia_conformance.features.table_forms import Form, Table, fields_of
from kuscia_conformance.features.tasks import names_in
from kuscia_conformance.scenario.observed.inside import finish
from kuscia_conformance.scenario.observed.pods import (
    ARE,
    KEYS,
    SINGULAR,
    STATES,
    WHO,
    as_document,
    as_table,
    await_count,
    await_keys,
    await_over,
    await_pods,
    await_state,
    made_again,
    pod_versions,
    require_witness,
    whom,
)
from kuscia_conformance.scenario.scenario import Scenario
from kuscia_conformance.scenario.timeline import first_task, seconds
from kuscia_conformance.simulated_nodes.exit_order import Order

SOME_ARE = rf"(?P<count>\d+) of {WHO} (?P<state>{'|'.join(STATES)})"
OVER = rf"{WHO} (?:are|is) over"
POD = fields_of("Pod", "| spec.restartPolicy | Never |")
#: What shows that the controller was at work.
WITNESS = Form(cells=2, example='| witness | the pods of "probe" are bound |')


def _state(sentence: Sentence) -> Sequence[str]:
    """Names a state by its last word: `pods.bound` for `are bound` and `is bound`."""
    state = sentence.values["state"]
    return [f"pods.{SINGULAR.get(state, state).split()[-1]}"]


def _counted(sentence: Sentence) -> Sequence[str]:
    return [f"pods.counted.{sentence.values['state'].split()[-1]}"]


@then(parsers.re(ARE))
@given(parsers.re(ARE))
@when(parsers.re(ARE))
@compares(_state)
def _(scenario: Scenario, pods: str, state: str) -> None:
    """Then the pods of "psi" are bound.

    Waits until every pod has been in this state at some time. A task must have a pod in each
    of its domains.
    """
    __tracebackhide__ = True
    await_state(scenario, whom(pods), state)


@given(parsers.re(SOME_ARE))
@when(parsers.re(SOME_ARE))
@then(parsers.re(SOME_ARE))
@compares(_counted)
def _(scenario: Scenario, count: str, pods: str, state: str) -> None:
    """Then 2 of the pods of "psi" are bound.

    Waits until exactly this number of pods, no matter which, have been in this state.
    """
    __tracebackhide__ = True
    await_count(scenario, whom(pods), state, int(count))


@when(
    parsers.re(
        rf"{WHO} finish(?:es)?"
        r'(?: with exit code (?P<code>\d+))?(?: and message "(?P<message>[^"]*)")?'
    )
)
def _(scenario: Scenario, pods: str, code: str | None, message: str | None) -> None:
    """When the pods of bob finish with exit code 3 and message "boom".

    Waits until every pod has run, then orders the running ones to end. Without an exit code, the
    pods end with 0.
    """
    __tracebackhide__ = True
    finish(scenario, whom(pods), Order(int(code or 0), message or ""))


@when(
    parsers.re(
        rf"(?P<count>\d+) of {WHO} finish"
        r'(?: with exit code (?P<code>\d+))?(?: and message "(?P<message>[^"]*)")?'
    )
)
def _(scenario: Scenario, count: str, pods: str, code: str | None, message: str | None) -> None:
    """When 2 of the pods of bob finish with exit code 3.

    Waits until so many pods run, no matter which, then orders this number of them to end.
    """
    __tracebackhide__ = True
    finish(scenario, whom(pods), Order(int(code or 0), message or ""), int(count))


@then(parsers.re(rf'{WHO} match(?:es)? "(?P<file>[^"]+)"'))
@compares(document_of("pod"))
def _(scenario: Scenario, pods: str, file: str) -> None:
    """Then the pods of alice match "alice.pod.yaml".

    Waits until there are pods and the newest version of each of them matches.
    """
    __tracebackhide__ = True
    await_pods(scenario, whom(pods), as_document(scenario, scenario.files.document(file)))


@then(parsers.re(rf"{WHO} ha(?:ve|s)"))
@compares(table_of("pod"))
def _(scenario: Scenario, pods: str, datatable: Annotated[Table, POD]) -> None:
    """Then the pods of alice have.

    Each row of the table below it is a field and its value, as in
    `| spec.restartPolicy | Never |`.
    """
    __tracebackhide__ = True
    await_pods(scenario, whom(pods), as_table(scenario, datatable))


@then(parsers.re(rf"the pods of \"(?P<task>[^\"]+)\" are (?P<keys>{KEYS})"))
@compares("pods.names")
def _(scenario: Scenario, task: str, keys: str) -> None:
    """Then the pods of "psi" are alice/psi-0, alice/psi-1 and bob/psi-0.

    Waits until the task has these pods and no others.
    """
    __tracebackhide__ = True
    await_keys(scenario, scenario.applied.task(task).name, sorted(names_in(keys)))


@then(parsers.re(r'no pod of (?P<owner>"[^"]+"|[^\s"]+) was (?P<what>bound|made)'))
@compares(lambda sentence: ["bindings" if sentence.values["what"] == "bound" else "pods.none"])
def _(scenario: Scenario, owner: str, what: str, datatable: Annotated[Table, WITNESS]) -> None:
    """Then no pod of "psi" was bound.

    Needs a witness in the table below it, as in `| witness | the pods of "probe" are bound |`.
    """
    __tracebackhide__ = True
    who, is_so = whom(owner), STATES["are bound" if what == "bound" else "exist"]
    require_witness(scenario, datatable)
    if found := next((v for v in pod_versions(scenario, who) if is_so(v.object)), None):
        at = f"{seconds(found, first_task(scenario.history)):+.2f} s"
        scenario.expect.fail(
            f"expected: no pod of {who} is {what}\nactual:   {found.key} was {what} at {at}"
        )


@then(parsers.re(rf'"(?P<task>[^"]+)" never had other pods than (?P<keys>{KEYS})'))
@compares("pods.names")
def _(scenario: Scenario, task: str, keys: str, datatable: Annotated[Table, WITNESS]) -> None:
    """Then "psi" never had other pods than alice/psi-0 and bob/psi-0.

    Needs a witness in the table below it, as in `| witness | the pods of "probe" are bound |`.
    """
    __tracebackhide__ = True
    require_witness(scenario, datatable)
    wanted, found = set(names_in(keys)), {v.key for v in pod_versions(scenario, task)}
    if found != wanted:
        actual = ", ".join(sorted(found)) or "none"
        scenario.expect.fail(f"expected: the pods {', '.join(sorted(wanted))}\nactual:   {actual}")


@then(parsers.re(r'each pod of (?P<owner>"[^"]+"|[^\s"]+) was created once'))
@compares("pods.once")
def _(scenario: Scenario, owner: str) -> None:
    """Then each pod of "psi" was created once.

    No pod was created a second time under the same name.
    """
    __tracebackhide__ = True
    if wrong := made_again(scenario, whom(owner)):
        scenario.expect.fail(
            f"expected: each pod of {whom(owner)} is created once\nactual:   {wrong}"
        )


@when(parsers.re(OVER))
@then(parsers.re(OVER))
@compares("pods.over")
def _(scenario: Scenario, pods: str) -> None:
    """Then the pods of alice are over.

    Waits until every pod has ended or is gone.
    """
    __tracebackhide__ = True
    await_over(scenario, whom(pods))
