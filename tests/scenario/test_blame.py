"""Tests the search for the last writer of a field."""

from datetime import UTC, datetime, timedelta

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.scenario.blame import Write, last_writer

T = datetime(2024, 1, 1, tzinfo=UTC)


def version(number, seconds, manager="kubectl", **status):
    fields = [{"manager": manager, "fieldsV1": {"f:status": {}}, "time": f"{seconds:02}"}]
    metadata = {"name": "psi", "resourceVersion": str(number), "managedFields": fields}
    obj = {"metadata": metadata, "status": status}
    return Version(T + timedelta(seconds=seconds), "MODIFIED", KUSCIA_TASKS, obj, obj)


VERSIONS = [
    version(5, 1, phase="Pending"),
    version(6, 2, "controller", phase="Running"),
    version(7, 3, "somebody", phase="Running", reason="Why"),
]


def test_the_last_writer_is_the_manager_of_the_last_change():
    assert last_writer(VERSIONS, ("phase",), T, {}) == "controller, +2.00 s, version 6"


def test_with_a_request_log_the_last_writer_is_the_sender_of_the_request():
    write = Write("mine", "PATCH kusciatasks/psi/status", T + timedelta(seconds=1.5))
    said = last_writer(VERSIONS, ("phase",), T, {6: write})
    assert said == "mine, +1.50 s, version 6: PATCH kusciatasks/psi/status"


def test_a_field_that_never_existed_has_no_writer():
    assert last_writer(VERSIONS, ("message",), T, {}) == "–"
