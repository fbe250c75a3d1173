"""Somebody's cluster is after a run as it was before, however the run ends."""

import asyncio
import signal
import subprocess
import sys
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
#: What is usually over within a few seconds, and several of it.
SHORT, LONG = "create-required", "view,run,clean"


@pytest.fixture(scope="module")
def bare(tmp_path_factory, plane):
    """The kubeconfig of a control plane on which nobody has ever run anything."""
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
    """What requests do, one at a time."""

    async def scene():
        async with Api(read_access(kubeconfig), "test") as api:
            return await work(api)

    return asyncio.run(scene())


async def bound_pod(api):
    """Wait until a scenario is at work: a pod of its has a node."""
    async with asyncio.timeout(30), aclosing(follow(World(api), PODS)) as news:
        async for said in news:
            objects = said.objects if isinstance(said, Listed) else [said.object]
            if any(pod["spec"].get("nodeName") for pod in objects):
                return


def delete(kubeconfig, resource, name):
    """Delete it, and wait until it is gone: what follows compares all that there is."""

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


@contextmanager
def running(kubeconfig, folder, *options, until=" pass "):
    """A run that has said that; by default it is in the middle of its checks."""
    command = [*SUITE, "run", f"--only={LONG}", f"--cluster=kubeconfig:{kubeconfig}", *options]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
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


def test_a_run_leaves_nothing(bare, tmp_path):
    with unchanged(bare):
        done = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_interrupted_run_leaves_nothing(bare, tmp_path):
    with unchanged(bare), running(bare, tmp_path) as run:
        run.send_signal(signal.SIGINT)
        rest = run.stdout.read()
        assert run.wait(60) == 3, rest


MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: set-up, namespace: default}
"""


def test_what_a_killed_run_leaves_is_undone(bare, tmp_path):
    (tmp_path / "set-up.yaml").write_text(MANIFEST)
    with unchanged(bare):
        with running(bare, tmp_path, "--setup=set-up.yaml") as run:
            on(bare, lambda api: bound_pod(api))
            run.kill()
            run.wait()
        second = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
        assert second.returncode == 4
        for part in ("has this cluster since", "lapses at", "kuscia-conformance down"):
            assert part in second.stderr
        refused = suite("down", kubeconfig=bare, folder=tmp_path)
        assert refused.returncode == 4
        assert "--force" in refused.stderr
        undone = suite("down", "--force", kubeconfig=bare, folder=tmp_path)
        assert undone.returncode == 0, undone.stdout + undone.stderr
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


def test_a_definition_that_differs_is_told_and_only_replaced_on_demand(bare, tmp_path):
    [theirs] = load_manifests(suite_folder("fixtures") / "crds" / "domains.yaml")
    theirs["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["extra"] = {
        "type": "string"
    }
    on(bare, lambda api: api.create(DEFINITIONS, theirs))
    try:
        with unchanged(bare):
            refused = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
            assert refused.returncode == 4
            where = "versions.v1alpha1.schema.properties.extra: only there"
            assert f"domains.kuscia.secretflow: {where}" in refused.stderr
            assert "--install-crds" in refused.stderr
        with unchanged(bare):
            options = ["run", f"--only={SHORT}", "--install-crds"]
            done = suite(*options, kubeconfig=bare, folder=tmp_path)
            assert done.returncode == 0, done.stdout + done.stderr
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


def test_what_was_there_under_a_plain_name_stays(bare, tmp_path):
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


def test_a_node_of_others_is_refused(bare, tmp_path):
    label(bare, "simulated-2", "theirs")
    try:
        with unchanged(bare):
            refused = suite("run", f"--only={SHORT}", kubeconfig=bare, folder=tmp_path)
        assert refused.returncode == 4
        assert "simulated-2 serves the domain theirs already" in refused.stderr
        nodes = "--nodes=simulated-1,simulated-3"
        done = suite("run", f"--only={SHORT}", nodes, kubeconfig=bare, folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        label(bare, "simulated-2", None)


def test_a_node_that_is_not_there_is_named(bare, tmp_path):
    with unchanged(bare):
        options = ["run", f"--only={SHORT}", "--nodes=simulated-1,worker-9"]
        refused = suite(*options, kubeconfig=bare, folder=tmp_path)
    assert refused.returncode == 4
    assert "it has no node worker-9" in refused.stderr
    assert "it has: simulated-1, simulated-2, simulated-3" in refused.stderr
