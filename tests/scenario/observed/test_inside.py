"""Tests what is the controller's fault inside a pod, and what is the cluster's."""

import pytest

from kuscia_conformance.errors import ApiError, NotFound, Unreachable
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.scenario.observed import inside, pods
from kuscia_conformance.simulated_nodes import exit_order
from kuscia_conformance.simulated_nodes.exit_order import Order


@pytest.fixture
def running(psi):
    """A scenario whose pods run."""
    pods.await_state(psi, "psi", "run")
    return psi


def test_a_file_that_is_not_mounted_is_the_fault_of_the_controller(running):
    with pytest.raises(CheckFailed) as error:
        inside.require_file(running, "alice", "/work/none.json", {})
    assert (
        "expected: /work/none.json in alice/psi-0\n"
        "    actual:   command terminated with non-zero exit code: exit code 1: "
        "cat: can't open '/work/none.json': No such file or directory\n"
    ) in str(error.value)


def test_a_file_in_a_pod_that_has_ended_cannot_be_read(running):
    inside.finish(running, "psi", Order())
    pods.await_state(running, "psi", "have ended")
    with pytest.raises(CheckFailed, match=r"actual:   alice/psi-0 is Succeeded, bound"):
        inside.require_file(running, "alice", "/work/none.json", {})


def test_a_pod_that_has_gone_is_the_fault_of_the_controller(running, monkeypatch):
    async def gone(*_, **__):
        raise NotFound(404, "NotFound", 'pods "psi-0" not found')

    monkeypatch.setattr(exit_order, "give", gone)
    said = 'expected: the pods of psi can be told to end\n    actual:   pods "psi-0" not found'
    with pytest.raises(CheckFailed, match=said):
        inside.finish(running, "psi", Order())


@pytest.mark.parametrize(
    "error", [Unreachable("no answer"), ApiError(500, "InternalError", "error dialing backend")]
)
def test_an_error_of_the_cluster_stays_one(error, running, monkeypatch):
    async def broken(*_, **__):
        raise error

    monkeypatch.setattr(exit_order, "give", broken)
    with pytest.raises(type(error)) as raised:
        inside.finish(running, "psi", Order())
    assert raised.value is error


@pytest.mark.parametrize(
    "error", [Unreachable("no answer"), ApiError(403, "Forbidden", "no"), ApiError(503, "", "busy")]
)
def test_an_error_of_the_cluster_stays_one_beside_a_pod_that_has_ended(error, running, monkeypatch):
    async def broken(*_, **__):
        raise error

    inside.finish(running, "psi", Order())
    pods.await_state(running, "psi", "have ended")
    monkeypatch.setattr(type(running.connection.api), "exec", broken)
    with pytest.raises(type(error)) as raised:
        inside.require_file(running, "alice", "/work/none.json", {})
    assert raised.value is error
