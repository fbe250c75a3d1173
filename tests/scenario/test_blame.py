"""Tests the search for the last writer of a field."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.scenario.blame import Write, dropped_statuses, last_writer, latest_request
from kuscia_conformance.scenario.failure import CheckFailed

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


class Told:
    """An API server that tells of these requests only."""

    def __init__(self, *requests):
        self.requests = [
            dict(zip(("who", "at", "verb", "path"), each, strict=True)) for each in requests
        ]

    async def raw(self, path):
        assert path == "/debug/requests"
        return {"requests": self.requests}


OURS = ("kuscia-conformance-simulated-nodes", "2024-01-01T00:00:09.000+00:00", "GET", "/version")
TASKS = "/apis/kuscia.secretflow/v1alpha1/namespaces/cross-domain/kusciatasks/psi/status"


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        ([OURS], "the controller has sent no request"),
        (
            [("mine/1.0", "2024-01-01T00:00:08.500+00:00", "PATCH", TASKS), OURS],
            "the controller's latest request: PATCH kusciatasks/psi/status, 1.5 s ago",
        ),
        (
            [
                ("b", "2024-01-01T00:00:02.000+00:00", "GET", "/version"),
                ("a", "2024-01-01T00:00:01.000+00:00", "GET", "/healthz"),
            ],
            "the controller's latest request: GET /version, 8.0 s ago",
        ),
    ],
    ids=["none", "one", "several"],
)
def test_the_latest_request_of_the_controller_is_told(requests, said):
    api: Any = Told(*requests)
    assert asyncio.run(latest_request(api, T + timedelta(seconds=10))) == said


def test_only_the_scenarios_own_dropped_statuses_are_told():
    class Logged:
        async def raw(self, path):
            assert path == "/debug/writes"
            at, base = "2024-01-01T00:00:02.000+00:00", TASKS.removesuffix("/psi/status")
            known = {"who": "mine/1.0", "verb": "PUT", "at": at, "versions": []}
            return {
                "writes": [
                    {**known, "path": f"{base}/psi", "droppedStatus": True},
                    {**known, "path": f"{base}/psi", "droppedStatus": False},
                    {**known, "path": f"{base}/other", "droppedStatus": True},
                ]
            }

    api: Any = Logged()
    [found] = asyncio.run(dropped_statuses(api, lambda name: name == "psi"))
    assert found.text(T) == (
        "a status was sent to the resource itself, which drops it: at +2.00 s, "
        "PUT kusciatasks/psi by mine; send it to kusciatasks/psi/status"
    )


def test_a_failed_wait_tells_the_latest_request(psi):
    with pytest.raises(
        CheckFailed, match=r"the controller's latest request: \w+ \S+, \d+\.\d s ago"
    ):
        psi.expect.until(lambda: None, 3, lambda: "expected: x")
