"""`--cluster kind[:NAME]`: real nodes, as Docker containers that kind makes.

If the cluster does not exist, the run creates it, and deletes it at the end unless `--keep` is
given. A cluster that exists is used only if this suite has made it, and the user has named it or
given `--keep`; it is never deleted. The user's own kubeconfig is never touched.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson

from kuscia_conformance.clusters import images, preparing, run_folder
from kuscia_conformance.clusters.address import Address
from kuscia_conformance.clusters.process import run, succeeds
from kuscia_conformance.clusters.strays import end_strays
from kuscia_conformance.clusters.types import Cluster, ClusterOptions
from kuscia_conformance.errors import ClusterError, UsageError
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.simulated_nodes.nodes import POOL

DEFAULT_NAME = "kuscia-conformance"


@contextmanager
def provide(address: Address, options: ClusterOptions) -> Iterator[Cluster]:
    """Provides a kind cluster, new or used again, with the workload image loaded.

    Raises ClusterError if Docker or kind is missing or fails, or an image cannot be pulled, and
    UsageError if the name is taken by a cluster that may not be used.
    """
    _require_tools()
    name = address.argument or DEFAULT_NAME
    kubeconfig = options.work / "kind.kubeconfig"
    run_folder.expect_containers(options.work)
    exists = name in run("kind", "get", "clusters").split()
    count = options.nodes
    if exists:
        count = _reuse(name, kubeconfig, wanted=bool(address.argument) or options.keep)
    keep = exists or options.keep
    with ExitStack() as ending:
        if not exists:
            ending.callback(_delete, name, kubeconfig, options)
        _make(name, kubeconfig, options, exists=exists)
        made = _prepare(name, kubeconfig, options, count, keep=keep)
        if not keep:
            yield made
            return
        ending.pop_all()  # a cluster that could not be set up is not worth keeping
    with _kept(made, options):
        yield made
    options.say(f"kept the cluster; to use it: kind export kubeconfig --name {name}")


def _make(name: str, kubeconfig: Path, options: ClusterOptions, *, exists: bool) -> None:
    """Creates the cluster unless it exists, and loads the workload image, which a thread makes."""
    with ThreadPoolExecutor() as beside:
        image = beside.submit(images.make_workload_image, options.workload_image, options.work)
        try:
            if not exists:
                _create(name, kubeconfig, options)
            options.say("loading the workload image")
            run("kind", "load", "docker-image", image.result(), "--name", name)
        except BaseException:
            end_strays(options.work)  # else the thread would wait for its docker command
            raise


@contextmanager
def _kept(made: Cluster, options: ClusterOptions) -> Iterator[None]:
    """Lets the cluster stay even if the run is killed; its objects are undone then."""
    objects = run_folder.Objects(made.name, str(made.kubeconfig), None, options.run)
    run_folder.expect_objects(options.work, objects)
    run_folder.expect_containers(options.work, stay=True)
    yield
    run_folder.expect_objects(options.work, None)


def _delete(name: str, kubeconfig: Path, options: ClusterOptions) -> None:
    options.say(f"deleting the kind cluster {name}")
    run("kind", "delete", "cluster", "--name", name, "--kubeconfig", str(kubeconfig))


def _require_tools() -> None:
    for tool, where in (("docker", "docs.docker.com/engine"), ("kind", "kind.sigs.k8s.io")):
        if shutil.which(tool) is None:
            raise ClusterError(
                f"--cluster kind: there is no {tool} on the PATH",
                hint=f"to install it see {where}, or use --cluster controlplane",
            )
    if not succeeds("docker", "version"):
        raise ClusterError(
            "--cluster kind: Docker does not answer",
            hint="try `docker version`: is the daemon running, and may you use it?",
        )


def _reuse(name: str, kubeconfig: Path, *, wanted: bool) -> int:
    """Writes the kubeconfig of the cluster, and returns how many nodes its pool has."""
    if not wanted:
        raise UsageError(
            f"--cluster kind: a kind cluster {name} exists already",
            hint=f"use it again with --cluster kind:{name}, "
            f"or delete it with `kind delete cluster --name {name}`",
        )
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(run("kind", "get", "kubeconfig", "--name", name))
    access = read_access(kubeconfig)
    asyncio.run(preparing.check_reachable(access, f"kind:{name}"))
    pool = asyncio.run(preparing.pool(access))
    if not pool:
        raise UsageError(
            f"--cluster kind:{name}: that cluster was not made by this suite",
            hint="choose another name, or use that cluster with --cluster kubeconfig:PATH",
        )
    return len(pool)


def _create(name: str, kubeconfig: Path, options: ClusterOptions) -> None:
    image = images.choose_node_image(options.kind_image, options.work, options.say)
    options.say(f"creating the kind cluster {name} with {options.nodes} workers")
    # kind gives containers no labels of ours. By this mount they are found after a crash.
    mark = run_folder.container_mount(options.work)
    mounts = [{"hostPath": "/dev/null", "containerPath": mark, "readOnly": True}]
    worker = {"role": "worker", "labels": {POOL: "true"}, "extraMounts": mounts}
    content = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "nodes": [
            {"role": "control-plane", "extraMounts": mounts},
            *(worker for _ in range(options.nodes)),
        ],
    }
    config = options.work / "kind.yaml"
    config.write_bytes(orjson.dumps(content))  # JSON is YAML
    command = ["kind", "create", "cluster", "--name", name, "--config", str(config)]
    command += ["--kubeconfig", str(kubeconfig), *(["--image", image] if image else [])]
    try:
        run(*command)
    except ClusterError as error:
        hint = "if this machine has a node image already, name it with --kind-image"
        raise ClusterError(error.message, hint=error.hint or hint) from error


def _prepare(
    name: str, kubeconfig: Path, options: ClusterOptions, count: int, *, keep: bool
) -> Cluster:
    options.say("waiting for the nodes")
    access = read_access(kubeconfig)
    asyncio.run(preparing.install(access, options.definitions))
    nodes = asyncio.run(preparing.ready_nodes(access, count))
    can = frozenset({"real-pods", "exec"})
    return Cluster(f"kind:{name}", kubeconfig, None, can, nodes, outlives=keep)
