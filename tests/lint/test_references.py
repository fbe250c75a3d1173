"""Tests what lint reports of names in steps: each was given by a step before."""

import pytest

from tests.lint.given import BEGINS, said_of

#: A step in line 9, what is wrong with it, and the hint.
WRONG = [
    (
        "When the nodes of bbo have room for 2 pods",
        "the domain 'bbo' was not given",
        "did you mean bob? given: alice, bob",
    ),
    (
        "Given the nodes of alice serve carol",
        "the domain 'carol' was not given",
        "given: alice, bob",
    ),
    (
        'Given the task "third" of alice and bbo',
        "the domain 'bbo' was not given",
        "did you mean bob? given: alice, bob",
    ),
    (
        'Then the status of "pis" matches "mine.status.yaml"',
        "the task 'pis' was not given",
        "did you mean psi? given: psi, probe",
    ),
    (
        'Then the phases of "probe" were Pending',
        "the task 'probe' is not created before",
        'create it in a step above: When the task "probe" is created',
    ),
    (
        'When the tasks "t-1" to "t-2" are created',
        "the task 't-1' was not given",
        "given: psi, probe",
    ),
    (
        "When the pods of bbo finish",
        "'bbo' is neither a task nor a domain of this scenario",
        "did you mean bob? given: psi, probe, alice, bob",
    ),
    (
        'When the pod "alice/pis-0" finishes',
        "the pod 'alice/pis-0' belongs to no task of this scenario",
        "did you mean psi? a name begins with its task; given: psi, probe",
    ),
    (
        'When the pod "psi-0" is deleted by somebody',
        "the pod 'psi-0' has no domain",
        "write it as domain/name, as in alice/psi-0",
    ),
    (
        'When the service "bbo/psi-0-fed" is deleted by somebody',
        "the domain 'bbo' was not given",
        "did you mean bob? given: alice, bob",
    ),
    (
        'Then the group "pis" is gone',
        "the task 'pis' was not given",
        "did you mean psi? given: psi, probe",
    ),
    (
        'Then the task resource "alice/pis" is gone',
        "the task resource 'alice/pis' belongs to no task of this scenario",
        "did you mean psi? a name begins with its task; given: psi, probe",
    ),
    (
        'Then the pods of "psi" are alice/psi-0 and bbo/psi-0',
        "the domain 'bbo' was not given",
        "did you mean bob? given: alice, bob",
    ),
    (
        'Then the pods of "pis" were bound before the task "psi" became Failed',
        "'pis' is neither a task nor a domain of this scenario",
        "did you mean psi? given: psi, probe, alice, bob",
    ),
    (
        "Given the domain carol with room for 1 pod",
        "the domains of a scenario have to be given in one step",
        "add them to the step above, which gives alice, bob",
    ),
    (
        'Given the task "psi" of alice',
        "the task 'psi' is given twice",
        "give each task a name of its own",
    ),
    (
        f'Given the task "{"t" * 250}" of alice',
        f"Kubernetes does not accept the name '{'t' * 250}'",
        "must be no more than 253 characters",
    ),
    (
        'Given the tasks "t-1" to "t-2000" of alice',
        '"t-1" to "t-2000" are 2,000 tasks',
        "a step takes 1,000 at most",
    ),
    (
        'Given the tasks "t-1" to "t-100001" of alice',
        "the number 100001 is too large",
        "at most 100,000",
    ),
    (
        f'Given the task "third" of alice, which holds for {"9" * 5000} s',
        f"the number {'9' * 20}… is too large",
        "at most 9,223,372,036,854,775,807",
    ),
    (
        'Then the statuses of "psi-1" to "last" match "mine.status.yaml"',
        '"psi-1" to "last": expected two names that differ only in their number',
        'as in "t-1" to "t-10"',
    ),
    (
        'Given the task "third" of alice, which holds for 3 seconds',
        "a task, which 'holds for 3 seconds': these words are not known",
        "valid: holds for N s, retries after N s, lives for N s, needs N parties",
    ),
]


@pytest.mark.parametrize(("step", "text", "hint"), WRONG, ids=[step for step, _, _ in WRONG])
def test_a_name_that_no_step_gives_is_reported(tmp_path, step, text, hint):
    step = step if step.startswith(("When", "Then")) else f"And {step.partition(' ')[2]}"
    files = {"mine__status__yaml": "phase: Running\n"}
    assert said_of(tmp_path, step, **files) == [f"mine.feature:9: {text}: {step}\n  {hint}"]


def test_a_witness_that_no_step_creates_is_reported(tmp_path):
    table = '| witness | the pods of "probe" have ended |'
    [text] = said_of(tmp_path, "Then no pod of bob was bound", table)
    assert text.startswith(
        "mine.feature:9: the task 'probe' is not created before: Then no pod of bob was bound"
    )


def test_after_a_step_that_does_not_exist_names_are_not_examined(tmp_path):
    [text] = said_of(tmp_path, "And the domain carol is there", "And the nodes of carol serve bob")
    assert text.startswith("mine.feature:9: no such step: And the domain carol is there")


def test_after_a_step_of_an_authors_own_names_are_not_examined(tmp_path):
    own = 'from pytest_bdd import given\n@given("the domain carol is there")\ndef _():\n    pass\n'
    steps = ("And the domain carol is there", "When the nodes of carol serve bob")
    assert said_of(tmp_path, *steps, conftest__py=own) == []


def test_a_task_may_be_described_before_its_domains(tmp_path):
    lines = ["@core", "Feature: Mine", "  @id:mine", "  Scenario: It runs"]
    steps = [
        'Given the task "psi" of alice',
        "And the domain alice",
        'And the task "psi" is created',
    ]
    begins = "\n".join([*lines, *steps, ""])
    assert said_of(tmp_path, begins=begins) == []


def test_tasks_domains_and_pods_of_manifests_are_known(tmp_path):
    task = (
        "{apiVersion: kuscia.secretflow/v1alpha1, kind: KusciaTask, metadata: {name: third, "
        "namespace: cross-domain}, spec: {initiator: alice, parties: [{domainID: nowhere}, {}]}}\n"
    )
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: own, namespace: alice}}\n"
    domain = "{apiVersion: v1, kind: Namespace, metadata: {name: carol}}\n"
    steps = (
        'And "task.yaml", "own.yaml" and "carol.yaml" are applied',
        'And the task "fourth" of carol',
        'And the pods of "third" exist',
        'And the pod "alice/own" runs',
    )
    files = {"task__yaml": task, "own__yaml": pod, "carol__yaml": domain}
    assert said_of(tmp_path, *steps, **files) == []


@pytest.mark.parametrize(
    ("document", "text", "hint"),
    [
        (
            "podStatuses: {bbo/psi-0: {podPhase: Running}}",
            "the domain 'bbo' was not given",
            "did you mean bob? given: alice, bob",
        ),
        (
            "podStatuses: {alice/pis-0: {podPhase: Running}}",
            "the pod 'alice/pis-0' belongs to no task of this scenario",
            "did you mean psi? a name begins with its task; given: psi, probe",
        ),
        (
            "podStatuses: {psi-0: {podPhase: Running}}",
            "the pod 'psi-0' has no domain",
            "write it as domain/name, as in alice/psi-0",
        ),
        (
            "podStatuses: {alice/psi-0: {nodeName: !node-of alcie}}",
            "the domain 'alcie' was not given",
            "did you mean alice? given: alice, bob",
        ),
        (
            "podStatuses: {alice/psi-0: {nodeName: !one-of [!node-of bob, !node-of carol]}}",
            "the domain 'carol' was not given",
            "given: alice, bob",
        ),
    ],
)
def test_a_misspelt_name_in_a_document_is_reported(tmp_path, document, text, hint):
    step = 'Then the status of "psi" matches "mine.status.yaml"'
    said = said_of(tmp_path, step, mine__status__yaml=f"{document}\n")
    assert said == [f"mine.feature:9: {text}: {step}\n  {hint}"]


def test_a_domain_without_nodes_in_a_pods_document_or_a_table_is_reported(tmp_path):
    step = 'Then the pods of "psi" match "mine.pod.yaml"'
    [said] = said_of(tmp_path, step, mine__pod__yaml="spec: {nodeName: !node-of carol}\n")
    assert said.startswith(f"mine.feature:9: the domain 'carol' was not given: {step}")
    step = 'Then the pods of "psi" have'
    [said] = said_of(tmp_path, step, "| spec.nodeName | !node-of carol |")
    assert said.startswith(f"mine.feature:9: the domain 'carol' was not given: {step}")


def test_a_document_may_say_that_a_pod_of_another_domain_is_absent(tmp_path):
    step = 'Then the status of "psi" matches "mine.status.yaml"'
    document = "phase: Running\npodStatuses: {carol/psi-0: !absent}\n"
    assert said_of(tmp_path, step, mine__status__yaml=document) == []


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (
            'When the plain pod "filler!" takes room for 1 pod of each node of alice',
            "alice/filler!",
        ),
        ('Given the task "Third" of alice', "Third"),
    ],
)
def test_a_name_that_kubernetes_refuses_is_reported(tmp_path, step, name):
    [problem] = said_of(tmp_path, step.replace("Given", "And"))
    assert f"Kubernetes does not accept the name {name!r}: " in problem


def test_a_domain_has_a_name_that_leaves_space_for_the_token_of_a_run(tmp_path):
    longest = "a" * 56
    for name, problems in ((longest, 0), (longest + "a", 1), ("-", 1)):
        begins = BEGINS.replace("alice", name)
        assert len(said_of(tmp_path, begins=begins)) == problems
