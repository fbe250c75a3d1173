"""Tests that a run leaves a user's cluster as it was before, however the run ends."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import aclosing, contextmanager

import pytest

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.clusters.preparing import wait_until_gone
from kuscia_conformance.documents import load_manifests
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import DOMAIN_LABEL
from kuscia_conformance.kube.objects import DEFINITIONS, NAMESPACES, NODES, PODS, name_of
from kuscia_conformance.kube.world import Listed, World, follow
from tests.clusters.inventory import inventory

SUITE = [sys.executable, "-P", "-m", "kuscia_conformance"]
#: Checks that take a few seconds, and checks that take longer.
SHORT, LONG = "create-required", "view,run,clean"


@pytest.fixture(scope="module")
def bare(tmp_path_factory, plane):
    """Yields the kubeconfig of a control plane on which the suite has never run."""
    work = tmp_path_factory.mktemp("bare")
    (work / "none").mkdir()
    with cluster(ClusterOptions(plane, work / "none", work, nodes=3)) as made:
        delete(made.kubeconfig, NAMESPACES, "cross-domain")
        yield made.kubeconfig


@contextmanager
def unchanged(kubeconfig):
    before = asyncio.run(inventory(kubeconfig))
    yield
    after = asyncio.run(inventory(kubeconfig))
    assert sorted(after.keys() ^ before.keys()) == []
    assert after == before


def on(kubeconfig, work):
    """Returns the result of `work(api)` on the cluster of the kubeconfig."""

    async def scene():
        async with Api(read_access(kubeconfig), "test") as api:
            return await work(api)

    return asyncio.run(scene())


async def bound_pod(api):
    """Waits until a scenario runs: one of its pods has a node."""
    async with asyncio.timeout(30), aclosing(follow(World(api), PODS)) as news:
        async for said in news:
            objects = said.objects if isinstance(said, Listed) else [said.object]
            if any(pod["spec"].get("nodeName") for pod in objects):
                return


def delete(kubeconfig, resource, name):
    """Deletes an object and waits until it is gone, because the tests compare all objects."""

    async def work(api):
        await api.delete(resource, name)
        await wait_until_gone(api, resource, lambda obj: name_of(obj) == name)

    on(kubeconfig, work)


def label(kubeconfig, node, domain):
    patch = {"metadata": {"labels": {DOMAIN_LABEL: domain}}}
    on(kubeconfig, lambda api: api.patch(NODES, node, None, patch))


def suite(*arguments, kubeconfig, folder):
    command = [*SUITE, *arguments, f"--cluster=kubeconfig:{kubeconfig}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def said(done):
    """Returns what a command has printed on both streams."""
    return done.stdout + done.stderr


@contextmanager
def running(kubeconfig, folder, *options, until=" pass ", tmp=None):
    """Yields a run that has printed `until`; by default it is in the middle of its checks.

    With `tmp` as its temporary folder, the run is to others like one on another machine.
    """
    command = [*SUITE, "run", f"--only={LONG}", f"--cluster=kubeconfig:{kubeconfig}", *options]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **({"TMPDIR": str(tmp)} if tmp else {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        said = []
        for line in run.stdout:
            said.append(line)
            if until in line:
                break
        else:
            pytest.fail("".join(said))
        try:
            yield run
        finally:
            run.kill()


def test_a_run_leaves_a_users_cluster_unchanged(bare, tmp_path):
    with unchanged(bare):
        done = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
        assert done.returncode == 0, said(done)


def test_an_interrupted_run_leaves_a_users_cluster_unchanged(bare, tmp_path):
    with unchanged(bare), running(bare, tmp_path) as run:
        run.send_signal(signal.SIGINT)
        rest = run.stdout.read()
        assert run.wait(60) == 3, rest


MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: set-up, namespace: default}
"""


@pytest.mark.parametrize("command", [("down",), ("run", f"--only={SHORT}")], ids=" ".join)
def test_down_and_the_next_run_undo_a_killed_run_of_this_machine_at_once(bare, tmp_path, command):
    (tmp_path / "set-up.yaml").write_text(MANIFEST)
    with unchanged(bare):
        with running(bare, tmp_path, "--setup=set-up.yaml") as run:
            on(bare, lambda api: bound_pod(api))
            run.kill()
            run.wait()
        undone = suite(*command, kubeconfig=bare, folder=tmp_path)
        assert undone.returncode == 0, said(undone)
        for part in ("removing what a killed run has left", "node simulated-", "set-up"):
            assert part in undone.stdout


def test_down_with_force_undoes_a_killed_run_of_another_machine(bare, tmp_path):
    (tmp_path / "set-up.yaml").write_text(MANIFEST)
    with unchanged(bare), tempfile.TemporaryDirectory() as tmp:
        with running(bare, tmp_path, "--setup=set-up.yaml", tmp=tmp) as run:
            on(bare, lambda api: bound_pod(api))
            run.kill()
            run.wait()
        second = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
        assert second.returncode == 4
        for part in ("has used this cluster since", "expires at", "kuscia-conformance down"):
            assert part in said(second)
        refused = suite("down", kubeconfig=bare, folder=tmp_path)
        assert refused.returncode == 4
        assert "--force" in said(refused)
        undone = suite("down", "--force", kubeconfig=bare, folder=tmp_path)
        assert undone.returncode == 0, said(undone)
        for part in (
            "node simulated-",
            "KusciaTask",
            "Namespace alice-",
            "definition",
            "lease",
            "set-up",
        ):
            assert part in undone.stdout
        again = suite("down", kubeconfig=bare, folder=tmp_path)
        assert again.stdout == "nothing to undo\n"


def test_a_differing_definition_is_replaced_only_with_install_crds(bare, tmp_path):
    [theirs] = load_manifests(suite_folder("fixtures") / "crds" / "domains.yaml")
    theirs["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["extra"] = {
        "type": "string"
    }
    on(bare, lambda api: api.create(DEFINITIONS, theirs))
    try:
        with unchanged(bare):
            refused = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
            assert refused.returncode == 4
            where = "versions.v1alpha1.schema.properties.extra: only in the cluster"
            assert f"domains.kuscia.secretflow: {where}" in said(refused)
            assert "--install-crds" in said(refused)
        with unchanged(bare):
            options = ["run", f"--only={SHORT}", "--install-crds"]
            done = suite(*options, kubeconfig=bare, folder=tmp_path)
            assert done.returncode == 0, said(done)
            assert "put the definition domains.kuscia.secretflow back" in done.stdout
        with unchanged(bare):
            installed = "installed the definitions"
            with running(bare, tmp_path, "--install-crds", until=installed) as run:
                run.kill()
                run.wait()
            undone = suite("down", "--force", kubeconfig=bare, folder=tmp_path)
            assert "put the definition domains.kuscia.secretflow back" in undone.stdout
    finally:
        delete(bare, DEFINITIONS, "domains.kuscia.secretflow")


def test_a_namespace_that_no_run_made_is_refused_and_stays(bare, tmp_path):
    mine = {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "alice"}}
    pod = {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"name": "mine", "namespace": "alice"},
        "spec": {"containers": [{"name": "mine", "image": "mine"}], "nodeName": "simulated-1"},
    }
    on(bare, lambda api: api.create(NAMESPACES, mine))
    on(bare, lambda api: api.create(PODS, pod))
    try:
        with unchanged(bare):
            only = "--only=create-template-as-printed"
            done = suite("run", only, kubeconfig=bare, folder=tmp_path)
            assert done.returncode == 4, done.stdout
        assert "the cluster has a Namespace alice that no run has made" in done.stdout
        assert "node simulated-1 runs pods of others" in done.stdout
    finally:
        delete(bare, NAMESPACES, "alice")


def test_a_node_of_another_domain_is_refused_unless_nodes_are_named(bare, tmp_path):
    label(bare, "simulated-2", "theirs")
    try:
        with unchanged(bare):
            refused = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
        assert refused.returncode == 4
        assert "simulated-2 serves the domain theirs already" in said(refused)
        nodes = "--nodes=simulated-1,simulated-3"
        done = suite("run", f"--only={SHORT}", nodes, kubeconfig=bare, folder=tmp_path)
        assert done.returncode == 0, said(done)
    finally:
        label(bare, "simulated-2", None)


def test_a_node_name_that_the_cluster_does_not_have_is_reported(bare, tmp_path):
    with unchanged(bare):
        options = ["run", f"--only={SHORT}", "--nodes=simulated-1,worker-9"]
        refused = suite(*options, kubeconfig=bare, folder=tmp_path)
    assert refused.returncode == 2
    assert "--nodes simulated-1,worker-9: " in said(refused)
    assert "has no node worker-9" in said(refused)
    assert "it has: simulated-1, simulated-2, simulated-3" in said(refused)
