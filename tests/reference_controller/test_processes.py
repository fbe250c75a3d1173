"""Tests two controllers as processes: one leads, and the other takes over its tasks."""

import asyncio
import sys
from uuid import uuid4

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from kuscia_conformance.clusters.process import Process
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import APP_IMAGES, KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import LEASES, PODS
from kuscia_conformance.simulated_nodes.exit_order import Order, give
from tests.reference_controller.cluster import (
    Domains,
    app_image,
    completed,
    ensure,
    kuscia_task,
    until,
)

DOMAINS = ("alice", "bob")
#: Election times in seconds: short enough to wait for, long enough for a busy machine.
TIMES = {"lease-duration": 6, "renew-deadline": 4, "retry-period": 0.5}


def controller(kubeconfig, folder, name, ready, port=0):
    """Returns a controller process that is ready once it logs the text `ready`.

    Controllers with the same folder share a lease.
    """
    election = {"resource-namespace": TASK_NAMESPACE, "resource-name": folder.name, **TIMES}
    command = [sys.executable, "-P", "-m", "kuscia_conformance", "controller"]
    command += ["--kubeconfig", str(kubeconfig), "--metrics-port", str(port), "--leader-elect"]
    command += [f"--leader-elect-{option}={value}" for option, value in election.items()]
    return Process(name, command, log=folder / f"{name}.log", ready=ready)


@pytest.fixture
def folder(tmp_path):
    """Returns a folder with a unique name, which is also the name of the lease."""
    made = tmp_path / f"election-{uuid4().hex}"
    made.mkdir()
    return made


def runs(pod):
    return bool(pod and (pod.get("status") or {}).get("phase") == "Running")


async def finish(admin, task):
    for domain in DOMAINS:
        pod = await until(admin, PODS, f"{task}-0", runs, domain)
        await give(admin, pod, Order(), simulated=True)


async def told(port, path):
    async with ClientSession(f"http://127.0.0.1:{port}") as session:
        answer = await session.get(path)
        return answer.status, await answer.text()


def test_the_standby_controller_finishes_tasks_of_a_killed_leader(control_plane, folder):
    async def scenario(first, port):
        async with Api(read_access(control_plane), "test") as admin, Domains(admin, DOMAINS):
            await ensure(admin, APP_IMAGES, app_image("handed-over", "--seconds=600"))
            await admin.create(KUSCIA_TASKS, kuscia_task("handed-over", "handed-over"))
            await until(admin, PODS, "handed-over-0", runs, "bob")
            assert (await told(port, "/readyz")) == (200, "ok")
            first.kill()
            await finish(admin, "handed-over")
            await completed(admin, "handed-over", "Succeeded")
            # Requests are counted before they are sent, so this one is counted already.
            written = 'requests_total{verb="patch",resource="kusciatasks/status"} '
            assert written in (await told(port, "/metrics"))[1]
            await admin.delete(KUSCIA_TASKS, "handed-over", TASK_NAMESPACE)

    port = unused_port()
    with (
        controller(control_plane, folder, "first", "runtime ready") as first,
        controller(control_plane, folder, "second", "stands by", port) as second,
    ):
        asyncio.run(scenario(first, port))
        assert "kuscia_task handed-over accept" in first.read()
        assert "kuscia_task handed-over accept" not in second.read()


def test_a_controller_stopped_by_a_signal_exits_with_0_and_releases_the_lease(
    control_plane, folder
):
    def is_handed_over(lease):
        return bool(lease["spec"]["holderIdentity"]) and lease["spec"]["leaseTransitions"] == 1

    async def handed_over():
        async with Api(read_access(control_plane), "test") as admin:
            await until(admin, LEASES, folder.name, is_handed_over, TASK_NAMESPACE)

    with (
        controller(control_plane, folder, "first", "runtime ready") as first,
        controller(control_plane, folder, "second", "stands by"),
    ):
        first.stop()
        assert first.exit_code == 0
        assert "has released the lease" in first.read()
        asyncio.run(handed_over())


def test_a_controller_that_loses_the_lease_exits_with_4(control_plane, folder):
    async def take_away():
        async with Api(read_access(control_plane), "test") as admin:
            theirs = {"spec": {"holderIdentity": "somebody", "leaseDurationSeconds": 600}}
            await admin.patch(LEASES, folder.name, TASK_NAMESPACE, theirs)

    with controller(control_plane, folder, "only", "runtime ready") as only:
        asyncio.run(take_away())
        only.wait()
        assert only.exit_code == 4
        assert "is lost: it is held by somebody; all work has been stopped" in only.read()
        assert "Traceback" not in only.read()
