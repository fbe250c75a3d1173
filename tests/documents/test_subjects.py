"""Tests the subjects of documents: what they compare, and what mismatched."""

import pytest

from kuscia_conformance.documents import compare, compared, document_from, mismatched


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("phase: Running", ["status.phase"]),
        ("podStatuses: {a: {nodeName: !any}}", ["status.podStatuses.a.nodeName?"]),
        ("completionTime: !absent", ["status.completionTime?"]),
        ("startTime: !time", ["status.startTime"]),
        ("podStatuses: {alice/psi-0: {}}", ["status.podStatuses[alice/psi-0]?"]),
        ("pods: !exact {a: {x: y}}", ["status.pods[*]?", "status.pods.a.x"]),
        ("conditions: [{type: Running, status: x}]", ["status.conditions[type=Running].status"]),
        ("conditions: [{type: Running}]", ["status.conditions[type=Running]?"]),
        ("conditions: [!absent {type: Running}]", ["status.conditions[type=Running]?"]),
        (
            "partyTaskStatus: [{domainID: a, role: !absent, phase: x}]",
            ["status.partyTaskStatus[domainID=a].phase"],
        ),
        ("args: [x, y]", ["status.args[0]", "status.args[1]"]),
    ],
)  # fmt: skip
def test_a_document_compares_its_values_and_whether_fields_are_there(text, subjects):
    assert list(compared(document_from(text), "status")) == subjects


def test_a_kind_may_be_a_path():
    assert compared({"cpu": "1"}, "pod.spec.containers[0].resources") == (
        "pod.spec.containers[0].resources.cpu",
    )


@pytest.mark.parametrize(
    ("actual", "subjects"),
    [
        ({"podStatuses": {"a": {"podPhase": "y"}}}, ["status.podStatuses.a.podPhase"]),
        ({"podStatuses": {"a": {}}}, ["status.podStatuses.a.podPhase"]),
        ({"podStatuses": {}}, ["status.podStatuses.a?"]),
        ({}, ["status.podStatuses?"]),
        ({"podStatuses": {"a": {"podPhase": "x"}, "b": {}}}, ["status.podStatuses.b?"]),
    ],
)
def test_a_mismatch_is_named_by_the_value_or_by_the_part_that_is_missing(actual, subjects):
    document = document_from("podStatuses: !exact {a: {podPhase: x}}")
    found = compare(document, actual)
    assert list(mismatched(document, "status", found)) == subjects
