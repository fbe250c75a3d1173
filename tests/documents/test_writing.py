"""Tests that a document written from a status matches that status and the one of another run."""

import pytest

from kuscia_conformance.documents import Context, compare, document_from, write_status
from kuscia_conformance.features.schemas import status_schema

T = "2024-01-02T03:04:0{}Z"


def status(second, number=20001, node="node-1"):
    entry = {"namespace": "alice", "podName": "psi-0", "podPhase": "Failed", "nodeName": node}
    times = {"createTime": T.format(second), "startTime": T.format(second)}
    return {
        "allocatedPorts": [{"domainID": "alice"}],
        "completionTime": T.format(second + 1),
        "conditions": [
            {"type": "PortsAllocated", "status": "True", "lastTransitionTime": T.format(second)},
            {"type": "Success", "status": "False", "lastTransitionTime": T.format(second)},
        ],
        "message": f"node {node} said on",
        "partyTaskStatus": [{"domainID": "alice", "role": "on", "phase": "Failed"}],
        "phase": "Failed",
        "podStatuses": {"alice/psi-0": {**entry, **times, "terminationLog": f"{node}: boom"}},
        "serviceStatuses": {
            "alice/psi-0-fed": {
                "namespace": "alice",
                "serviceName": "psi-0-fed",
                "portName": "fed",
                "portNumber": number,
            },
        },
        "startTime": T.format(second),
    }


def document(seen):
    return document_from(write_status(seen), schema=status_schema())


def context(node="node-1"):
    return Context(nodes={"alice": [node]})


def test_a_written_document_matches_its_status_and_that_of_another_run():
    written = document(status(1))
    assert compare(written, status(1), context()) == ()
    assert compare(written, status(5, number=30000, node="node-2"), context("node-2")) == ()


def test_a_written_document_does_not_match_a_status_with_another_meaning():
    written, other = document(status(1)), status(1)
    other["phase"] = "Succeeded"
    other["podStatuses"]["bob/psi-0"] = {"podName": "psi-0"}
    assert len(compare(written, other, context())) == 2


def test_a_declared_port_number_is_written_as_it_is():
    assert compare(document(status(1, number=8080)), status(1, number=8081), context()) != ()


def test_a_written_document_leaves_out_optional_conditions_and_ports():
    text = write_status(status(1))
    assert "PortsAllocated" not in text
    assert "allocatedPorts" not in text


@pytest.mark.parametrize(
    "seen",
    [
        {"phase": "Failed", "completionTime": T.format(1), "message": "one\ntwo\n"},
        {"phase": "Failed", "message": "", "startTime": None, "conditions": None},
        {"phase": "Pending", "podStatuses": {}, "serviceStatuses": None, "partyTaskStatus": []},
        {"conditions": [{"type": "Success", "status": "False", "lastTransitionTime": T.format(1)}]},
        {"reason": "a: b # c\nd"},
        {"podStatuses": {"alice/psi-0": {"podName": "psi-0", "nodeName": "", "startTime": None}}},
        {"podStatuses": {"alice/psi-0": {"readyTime": T.format(1), "startTime": T.format(1)}}},
    ],
)
def test_a_document_written_from_a_sparse_status_matches_it(seen):
    assert compare(document(seen), seen, context()) == ()
