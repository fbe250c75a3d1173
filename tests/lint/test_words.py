"""Tests what lint reports of words that can never be true: phases, conditions, fields, values."""

import pytest

from tests.lint.given import BEGINS, said_of

GROUP = "Pending, Creating, Reserving, Reserved, ReserveFailed, Failed"
RESOURCE = "Pending, Reserving, Reserved, Schedulable, ReserveFailed, Failed"
PARTY = "appImageRef, bandwidthLimits, domainID, minReservedPods, role, template"
#: A step in line 9, what is wrong with it, and the hint.
STEPS = [
    (
        'Then the phases of "psi" were Pending, Runing',
        "there is no phase 'Runing'",
        "did you mean Running? valid: Pending, Running, Succeeded, Failed",
    ),
    (
        'Then the phases of the group "psi" were Reserving, Reservd',
        "there is no phase 'Reservd'",
        f"did you mean Reserved? valid: {GROUP}",
    ),
    (
        'When somebody sets the task resource "alice/psi" to Schedulabel',
        "there is no phase 'Schedulabel'",
        f"did you mean Schedulable? valid: {RESOURCE}",
    ),
    (
        'Then the conditions of "psi" became True in the order ResourceCreatd, Running',
        "the condition 'ResourceCreatd' looks misspelt",
        "did you mean ResourceCreated? valid: ResourceCreated, Running, Success",
    ),
    (
        "When 1234567 seconds pass",
        "the number 1234567 is too large",
        "at most 10,000",
    ),
    ("When 10000.5 seconds pass", "the number 10000.5 is too large", "at most 10,000"),
    (
        'Then the status of "psi" matches "any.status.yaml" within 0 s',
        "the number 0 is too small",
        "at least 1",
    ),
    (
        'Then the status of "psi" matches "any.status.yaml" within 9999999 s',
        "the number 9999999 is too large",
        "at most 10,000",
    ),
    (
        'When the pods of "psi" finish with exit code 300',
        "the number 300 is too large",
        "at most 255",
    ),
    ("When the nodes of alice have room for 1001 pods", "the number 1001 is too large", None),
    ('Then 0 of the pods of "psi" run', "the number 0 is too small", "at least 1"),
    (
        'When the plain pod "filler" takes all but 1x of the cpu of each node of alice',
        "'1x' is not an amount",
        "as in 500m, 64Mi or 2",
    ),
    (
        "Then alice holds what was noted, nothing else",
        "nothing in alice was noted before",
        "note it in a step above: Given everything in alice is noted",
    ),
]


@pytest.mark.parametrize(("step", "text", "hint"), STEPS, ids=[text for _, text, _ in STEPS])
def test_a_word_that_can_never_be_true_is_reported(tmp_path, step, text, hint):
    said = said_of(tmp_path, step, any__status__yaml="phase: Running\n")
    hint = "at most 1,000" if hint is None else hint
    assert said == [f"mine.feature:9: {text}: {step}\n  {hint}"]


#: How domains are given, what is wrong with it, and the hint.
DOMAINS = [
    (
        "each with room for 0 pods",
        "the number 0 is too small",
        "write: room for no pods",
    ),
    (
        "each with room for 99999999999999 pods",
        "the number 99999999999999 is too large",
        "at most 1,000",
    ),
    ("each with 0 nodes that have room for 1 pod", "the number 0 is too small", "at least 1"),
    (
        "each with 200000 nodes that have room for 1 pod",
        "the number 200000 is too large",
        "at most 100",
    ),
    (
        "each with 101 nodes that have room for no pods",
        "the number 101 is too large",
        "at most 100",
    ),
]


@pytest.mark.parametrize(("words", "text", "hint"), DOMAINS, ids=[row[0] for row in DOMAINS])
def test_a_number_of_nodes_or_pods_that_no_scenario_needs_is_reported(tmp_path, words, text, hint):
    begins = BEGINS.replace("each with room for 1 pod", words)
    step = f"Given the domains alice and bob, {words}"
    assert said_of(tmp_path, begins=begins) == [f"mine.feature:5: {text}: {step}\n  {hint}"]


@pytest.mark.parametrize(
    "step",
    [
        "When 10000 seconds pass",
        "When 0.123456789 seconds pass",
        "When the nodes of alice have room for 0 pods",
        "When the nodes of alice have room for no pods",
        'When the pods of "psi" finish with exit code 255',
    ],
)
def test_the_least_and_the_largest_numbers_are_possible(tmp_path, step):
    assert said_of(tmp_path, step) == []


def test_a_condition_of_an_implementations_own_is_possible(tmp_path):
    step = 'Then the conditions of "psi" became True in the order ResourceCreated, Accepted'
    assert said_of(tmp_path, step) == []


#: A step in line 9 with a row in line 10, what is wrong with the row, and the hint.
ROWS = [
    (
        'And the task "probe" has',
        "| spec.parties[0].rol | Host |",
        "the KusciaTask has no spec.parties[0].rol",
        f"did you mean role? valid: {PARTY}",
    ),
    (
        'And the task "probe" has',
        "| spec.parties[0].template.replicas | two |",
        "spec.parties[0].template.replicas is a whole number, and never two",
        "",
    ),
    (
        'And the task "probe" has',
        "| spec.parties[0].role | 7 |",
        "spec.parties[0].role is a string, and never 7",
        'write it in quotes: "7"',
    ),
    (
        'And the task "probe" has',
        "| spec..role | Host |",
        "'spec..role' is not a path such as conditions[type=Running].status",
        "",
    ),
    (
        "And the AppImage has",
        "| spec.deployTemplates[0].replica | 2 |",
        "the AppImage has no spec.deployTemplates[0].replica",
        "did you mean replicas? valid: name, networkPolicy, replicas, role, spec",
    ),
    (
        'When somebody writes into the status of "psi"',
        "| phase | Runing |",
        "phase is never 'Runing'",
        "did you mean Running? valid: Pending, Running, Succeeded, Failed",
    ),
    (
        "Then the pods of alice have",
        "| spec.restartPolici | Never |",
        "the Pod has no spec.restartPolici",
        None,
    ),
    (
        "Then the pods of alice have",
        "| spec.restartPolicy | !evr |",
        "'!evr' is not a value: there is no operator !evr",
        None,
    ),
    (
        "Then the services of alice are",
        "| sevice | port |",
        "there is no column 'sevice'",
        "did you mean service? valid: service, port, leads to",
    ),
]


@pytest.mark.parametrize(("step", "row", "text", "hint"), ROWS, ids=[row[2] for row in ROWS])
def test_a_row_that_can_never_be_true_is_reported(tmp_path, step, row, text, hint):
    [said, *others] = said_of(tmp_path, step, row)
    assert others == []
    message, _, found = said.partition("\n  ")
    assert message == f"mine.feature:10: {text}: {row}"
    assert found == hint if hint is not None else found


def test_the_fields_of_a_changed_file_are_those_of_its_kind(tmp_path):
    group = (
        "{apiVersion: kuscia.secretflow/v1alpha1, kind: TaskResourceGroup, metadata: {name: g}, "
        "spec: {initiator: alice}}\n"
    )
    steps = ('And "group.yaml" is applied with', "| spec.lifecycleSecond | 3 |")
    [said] = said_of(tmp_path, *steps, group__yaml=group)
    assert "mine.feature:10: the TaskResourceGroup has no spec.lifecycleSecond" in said
    assert "did you mean lifecycleSeconds?" in said


#: A document, what is wrong with it, and the hint.
DOCUMENTS = [
    ("phase: Runing", "1:8: phase is never 'Runing'", "did you mean Running?"),
    ("phase: !one-of [Runing, Failed]", "1:17: phase is never 'Runing'", "did you mean Running?"),
    (
        "conditions: [{type: Success, status: true}]",
        "1:38: conditions[0].status is a string, and never true",
        "did you mean True? valid: True, False, Unknown",
    ),
    ("reason: 7", "1:9: reason is a string, and never 7", 'write it in quotes: "7"'),
    ("startTime: banana", "1:12: startTime is a time, and never 'banana'", "as in 2026-01-02T03"),
    (
        "startTime: 2026-02-30T00:00:00Z",
        "1:12: startTime is a time, and never '2026-02-30T00:00:00Z'",
        "as in 2026",
    ),
    (
        "conditions: [{type: Running, lastTransitionTime: !one-of [soon, !time]}]",
        "1:59: conditions[0].lastTransitionTime is a time, and never 'soon'",
        "as in 2026",
    ),
    ("podStatuses: none", "1:14: podStatuses is a mapping, and never none", ""),
    (
        "serviceStatuses: {alice/x: {portNumber: http}}",
        "1:41: serviceStatuses[alice/x].portNumber is a whole number, and never http",
        "",
    ),
    (
        "podStatuses: {alice/psi-0: {podPhase: Suceeded}}",
        "1:39: podStatuses[alice/psi-0].podPhase is never 'Suceeded'",
        "did you mean Succeeded?",
    ),
]


@pytest.mark.parametrize(("text", "said", "hint"), DOCUMENTS, ids=[row[0] for row in DOCUMENTS])
def test_a_value_that_a_status_never_has_is_reported(tmp_path, text, said, hint):
    step = 'Then the status of "psi" matches "mine.status.yaml"'
    [found] = said_of(tmp_path, step, mine__status__yaml=f"{text}\n")
    assert found.startswith(f"mine.status.yaml:{said}\n  {hint}")
    assert "named in mine.feature:9" in found


@pytest.mark.parametrize("time", ["2026-01-02T03:04:05Z", "!time", "!re 20.*", "null"])
def test_a_time_is_possible(tmp_path, time):
    step = 'Then the status of "psi" matches "mine.status.yaml"'
    text = f"phase: Running\nstartTime: {time}\n"
    assert said_of(tmp_path, step, mine__status__yaml=text) == []


def test_a_field_that_no_pod_has_is_reported(tmp_path):
    step = 'Then the pods of alice match "mine.pod.yaml"'
    [found] = said_of(tmp_path, step, mine__pod__yaml="spec: {restartPolici: Never}\n")
    assert found.startswith("mine.pod.yaml:1:8: the Pod has no spec.restartPolici")
    assert "did you mean restartPolicy?" in found
