"""The page's own documents, beside those that the suite expects of its two tasks."""

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
    """The path of every single value."""
    if isinstance(document, dict | list):
        pairs = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in pairs:
            yield from leaves(value, (*path, key))
    else:
        yield path


def changed(path, value=None):
    """What the page prints, with the value at that path replaced, or left out."""
    status = copy.deepcopy(PRINTED)
    holder = status
    for step in path[:-1]:
        holder = holder[step]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return status


def test_what_the_page_prints_is_as_expected():
    assert documents.compare(PSI, PRINTED, NODES) == ()


@pytest.mark.parametrize("path", list(leaves(PRINTED)), ids=lambda path: ".".join(map(str, path)))
def test_every_key_of_it_is_asked_for(path):
    assert documents.compare(PSI, changed(path), NODES)


@pytest.mark.parametrize(
    "path",
    [
        ("podStatuses", "carol/secretflow-task-psi-0"),
        ("serviceStatuses", "alice/secretflow-task-psi-0-inner"),
    ],
)
def test_no_other_entry_is_allowed(path):
    assert documents.compare(PSI, changed(path, {"namespace": "alice"}), NODES)


def test_no_other_party_is_allowed():
    status = {**PRINTED, "partyTaskStatus": [*PRINTED["partyTaskStatus"], {"domainID": "carol"}]}
    assert documents.compare(PSI, status, NODES)


def test_further_fields_and_conditions_are_allowed():
    ports = {"type": "PortsAllocated", "status": "True"}
    status = {**PRINTED, "progress": 1, "conditions": [ports, *PRINTED["conditions"]]}
    assert documents.compare(PSI, status, NODES) == ()


def test_with_and_without_its_status_the_second_task_is_the_same():
    [bare] = documents.load_manifests(TEMPLATE / "task-template.yaml")
    [full] = documents.load_manifests(TEMPLATE / "task-template-with-status.yaml")
    assert full.pop("status")
    assert full == bare


def test_a_status_that_was_taken_over_is_not_accepted():
    [full] = documents.load_manifests(TEMPLATE / "task-template-with-status.yaml")
    accepted = load_expected(TEMPLATE / "accepted.status.yaml")
    assert len(documents.compare(accepted, full["status"])) == documents.fields(accepted) - 1
