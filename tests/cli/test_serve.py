"""Tests `kuscia-conformance serve`, which runs a cluster until it is stopped."""

import asyncio
import signal
import subprocess
import sys

import pytest

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import NODES

SERVE = [sys.executable, "-P", "-m", "kuscia_conformance", "serve"]


async def look(kubeconfig):
    async with Api(read_access(kubeconfig), "test") as api:
        nodes, _ = await api.list(NODES)
        tasks, _ = await api.list(KUSCIA_TASKS)
        return len(nodes), tasks


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_serve_runs_a_cluster_with_nodes_and_definitions_until_a_signal(tmp_path, number):
    kubeconfig = tmp_path / "kubeconfig"
    command = [*SERVE, "--nodes", "2", "--kubeconfig", str(kubeconfig)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        assert "2 simulated nodes" in serving.stdout.readline()
        assert serving.stdout.readline().strip() == f"export KUBECONFIG={kubeconfig}"
        assert kubeconfig.stat().st_mode & 0o777 == 0o600
        assert asyncio.run(look(kubeconfig)) == (2, [])
        serving.send_signal(number)
        assert "gone" in serving.stdout.read()
    assert serving.returncode == 0
    assert not kubeconfig.exists()


def test_serve_with_a_port_in_use_exits_with_2(tmp_path):
    kubeconfig = tmp_path / "kubeconfig"
    with subprocess.Popen(
        [*SERVE, "--kubeconfig", str(kubeconfig)], stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        serving.stdout.readline()
        port = read_access(kubeconfig).server.rpartition(":")[2]
        second = subprocess.run([*SERVE, "--port", port], capture_output=True, text=True)
        serving.send_signal(signal.SIGINT)
    assert second.returncode == 2
    assert f"--port {port}: cannot listen" in second.stderr
    assert "name a port that is free" in second.stderr


def test_serve_does_not_overwrite_an_existing_kubeconfig(tmp_path):
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text("mine")
    done = subprocess.run(
        [*SERVE, "--kubeconfig", str(kubeconfig)], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert "the file exists, and was not changed" in done.stderr
    assert kubeconfig.read_text() == "mine"
