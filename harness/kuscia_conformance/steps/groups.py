"""Groups and task resources: how a controller and its scheduler reserve for a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_bdd import given, then, when

from kuscia_conformance import documents
from kuscia_conformance.features import parsers
from kuscia_conformance.features.comparisons import Sentence, compares
from kuscia_conformance.scenario.observed.pods import (
    WHO,
    whom,
)
from kuscia_conformance.scenario.observed.reservations import (
    OBJECT,
    await_gone,
    await_match,
    hand_over,
    kind_of,
    phases_of,
    set_phase,
)
from kuscia_conformance.scenario.scenario import Scenario

MATCHES = rf'{OBJECT} matches "(?P<file>[^"]+)"(?: within (?P<limit>\d+) s)?'


def _document(sentence: Sentence) -> Sequence[str]:
    kind = kind_of(sentence.values["kind"])
    return documents.compared(sentence.files.document(sentence.values["file"]), kind)


def _word(word: str) -> Callable[[Sentence], Sequence[str]]:
    return lambda sentence: [f"{kind_of(sentence.values['kind'])}.{word}"]


@given(parsers.re(MATCHES))
@when(parsers.re(MATCHES))
@then(parsers.re(MATCHES))
@compares(_document)
def _(scenario: Scenario, kind: str, key: str, file: str, limit: str | None) -> None:
    """Then the group "psi" matches "reserving.group.yaml".

    Waits until a version of the object matches the document.
    """
    __tracebackhide__ = True
    await_match(scenario, kind, key, file, limit)


@then(parsers.re(rf"the phases of {OBJECT} were (?P<phases>.+)"))
@compares(_word("phases"))
def _(scenario: Scenario, kind: str, key: str, phases: str) -> None:
    """Then the phases of the group "psi" were Reserving, Reserved.

    The phases Pending and Creating are ignored, because a controller need not store them.
    """
    __tracebackhide__ = True
    scenario.expect.until_passed(
        lambda: phases_of(scenario, kind, key), phases, scenario.timeouts.status
    )


@then(parsers.re(rf"{OBJECT} is gone"))
@compares(_word("gone"))
def _(scenario: Scenario, kind: str, key: str) -> None:
    """Then the group "psi" is gone.

    Waits until the object, which must have existed, no longer exists.
    """
    __tracebackhide__ = True
    await_gone(scenario, kind, key)


@when(parsers.re(r'somebody sets the task resource "(?P<key>[^"]+)" to (?P<phase>[A-Z][A-Za-z]+)'))
def _(scenario: Scenario, key: str, phase: str) -> None:
    """When somebody sets the task resource "alice/psi" to Reserved.

    This is what a scheduler does: it sets the phase and the condition of the same name.
    """
    __tracebackhide__ = True
    set_phase(scenario, key, phase)


@when(parsers.re(rf'{WHO} (?:are|is) handed over to the task resource "(?P<key>[^"]+)"'))
def _(scenario: Scenario, pods: str, key: str) -> None:
    """When the pods of "psi" are handed over to the task resource "alice/psi".

    The pods get the label and the annotation by which Kuscia's controller marks the pods of a
    task resource.
    """
    __tracebackhide__ = True
    hand_over(scenario, whom(pods), key)
