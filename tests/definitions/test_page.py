"""Compares the documents that the page prints with those that the suite expects."""

import copy
from pathlib import Path

import pytest
import yaml

from kuscia_conformance import documents
from kuscia_conformance.documents import Context
from kuscia_conformance.features.fixture_files import load_expected
from tests.definitions.given import FIXTURES

PRINTED = yaml.safe_load((Path(__file__).parent / "first-status.yaml").read_text())
NODES = Context(nodes={"alice": ["070a9fc7ff24"], "bob": ["dd3bdda2b853"]})
PSI = load_expected(FIXTURES / "create/psi/psi.status.yaml")
TEMPLATE = FIXTURES / "create/template"


def leaves(document, path=()):
    """Yields the path of every leaf value."""
    if isinstance(document, dict | list):
        pairs = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in pairs:
            yield from leaves(value, (*path, key))
    else:
        yield path


def changed(path, value=None):
    """Returns the printed status with the value at the path replaced, or removed if None."""
    status = copy.deepcopy(PRINTED)
    holder = status
    for step in path[:-1]:
        holder = holder[step]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return status


def test_the_status_that_the_page_prints_matches_the_expected_document():
    assert documents.compare(PSI, PRINTED, NODES) == ()


@pytest.mark.parametrize("path", list(leaves(PRINTED)), ids=lambda path: ".".join(map(str, path)))
def test_the_expected_document_checks_every_value_that_the_page_prints(path):
    assert documents.compare(PSI, changed(path), NODES)


@pytest.mark.parametrize(
    "path",
    [
        ("podStatuses", "carol/secretflow-task-psi-0"),
        ("serviceStatuses", "alice/secretflow-task-psi-0-inner"),
    ],
)
def test_the_expected_document_allows_no_other_pod_or_service(path):
    assert documents.compare(PSI, changed(path, {"namespace": "alice"}), NODES)


def test_the_expected_document_allows_no_other_party():
    status = {**PRINTED, "partyTaskStatus": [*PRINTED["partyTaskStatus"], {"domainID": "carol"}]}
    assert documents.compare(PSI, status, NODES)


def test_the_expected_document_allows_further_fields_and_conditions():
    ports = {"type": "PortsAllocated", "status": "True"}
    status = {**PRINTED, "progress": 1, "conditions": [ports, *PRINTED["conditions"]]}
    assert documents.compare(PSI, status, NODES) == ()


def test_the_two_manifests_of_the_second_task_differ_only_in_the_status():
    [bare] = documents.load_manifests(TEMPLATE / "task-template.yaml")
    [full] = documents.load_manifests(TEMPLATE / "task-template-with-status.yaml")
    assert full.pop("status")
    assert full == bare


def test_the_accepted_document_does_not_match_the_status_of_the_manifest():
    [full] = documents.load_manifests(TEMPLATE / "task-template-with-status.yaml")
    accepted = load_expected(TEMPLATE / "accepted.status.yaml")
    assert len(documents.compare(accepted, full["status"])) == documents.fields(accepted) - 1
