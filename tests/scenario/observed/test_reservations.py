"""Tests how the suite finds task resources and writes their status in place of a scheduler."""

import pytest

from kuscia_conformance.documents import document_problems
from kuscia_conformance.features.schemas import schema_for
from kuscia_conformance.scenario.names import plain_key
from kuscia_conformance.scenario.observed.reservations import (
    _moved,
)

THEN, NOW = "2024-01-02T03:04:05Z", "2024-01-02T03:04:09Z"


@pytest.mark.parametrize(
    ("key", "plain"),
    [
        ("alice/psi-0123456789ab", "alice/psi"),
        ("alice/psi-2-0123456789ab", "alice/psi-2"),
        ("alice/older", "alice/older"),
        ("alice/psi-0", "alice/psi-0"),
        ("psi", "psi"),
    ],
)
def test_the_plain_key_of_a_task_resource_has_no_random_suffix(key, plain):
    assert plain_key(key) == plain


def test_a_phase_set_by_the_suite_has_its_condition():
    before = {"type": "Reserved", "status": "False", "lastTransitionTime": THEN}
    other = {"type": "Reserving", "status": "True", "lastTransitionTime": THEN}
    moved = _moved(
        {"status": {"phase": "Reserving", "conditions": [before, other]}}, "Reserved", NOW
    )
    assert (moved["phase"], moved["lastTransitionTime"]) == ("Reserved", NOW)
    assert moved["conditions"][0] == other
    assert len(moved["conditions"]) == 2
    assert moved["conditions"][1].items() >= {
        ("type", "Reserved"), ("status", "True"), ("lastTransitionTime", NOW),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.group.yaml", "status: {phase: Reserved}", None),
        ("a.group.yaml", "metadata: {labels: {a: b}}", None),
        ("a.group.yaml", "status: {phse: Reserved}", "the TaskResourceGroup has no status.phse"),
        ("a.resource.yaml", "spec: {minReservedPods: 1}", None),
        ("a.resource.yaml", "spec: {parties: []}", "the TaskResource has no spec.parties"),
        ("a.status.yaml", "spec: {}", "the status has no spec"),
        ("a.pod.yaml", "spec: {restartPolicy: Never}", None),
        ("a.pod.yaml", "whatever: {}", "the Pod has no whatever"),
        ("a.yaml", "whatever: {}", None),
    ],
)
def test_the_file_name_of_a_document_selects_its_schema(tmp_path, name, text, problem):
    path = tmp_path / name
    path.write_text(text)
    found = [error.message for error in document_problems(path, schema_for(path))]
    assert found == [] if problem is None else [problem in message for message in found] == [True]
