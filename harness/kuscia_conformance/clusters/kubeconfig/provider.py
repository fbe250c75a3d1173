"""`--cluster kubeconfig[:PATH[#CONTEXT]]`: a cluster of the user's, restored after the run.

A run does this, in order:

    1. takes a Lease, so that no other run uses the cluster (`lease`)
    2. undoes what a crashed run has left, if the Lease belonged to one (`undo`)
    3. chooses nodes (`pool`), installs missing definitions (`definitions`), makes the namespace
    4. yields the cluster; everything that the run makes or changes has its id (`run_label`)
    5. undoes all of it, and gives the Lease up

If the run crashes before step 5, the next run or `kuscia-conformance down` undoes its changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kuscia_conformance.clusters import (
    preparing,
    run_folder,
)
from kuscia_conformance.clusters.address import Address
from kuscia_conformance.clusters.borrowed_nodes import wait_while_ending
from kuscia_conformance.clusters.kubeconfig import (
    definitions,
    lease,
    pool,
)
from kuscia_conformance.clusters.kubeconfig.undo import (
    Say,
    undo,
)
from kuscia_conformance.clusters.run_label import mark
from kuscia_conformance.clusters.types import Cluster, ClusterOptions
from kuscia_conformance.errors import AlreadyExists, ApiError, ClusterError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access, read_access, write_minified
from kuscia_conformance.kube.kuscia import TASK_NAMESPACE
from kuscia_conformance.kube.objects import NAMESPACES, Obj, name_of


@contextmanager
def provide(address: Address, options: ClusterOptions) -> Iterator[Cluster]:
    """Provides the cluster of a kubeconfig to this run only, and restores it afterwards.

    Raises ClusterError if the cluster does not answer, another run uses it, it has too few usable
    nodes, its definitions differ from ours, or the changes cannot be undone.
    """
    file, context = _one_file(*address.kubeconfig, options.work)
    access = read_access(file, context)
    name = f"kubeconfig:{address.argument}" if address.argument else "kubeconfig"
    asyncio.run(preparing.check_reachable(access, name))
    note = run_folder.Objects(name, str(file.absolute()), context, options.run)
    run_folder.expect_objects(options.work, note)
    crashed = _taken(access, name, options)
    with _held(access, name, options.run, crashed, options.say):
        nodes = asyncio.run(_prepare(access, name, options))
        names = tuple(name_of(node) for node in nodes)
        yield Cluster(name, file, context, pool.can(nodes), names, outlives=True)
    run_folder.expect_objects(options.work, None)


def _one_file(file: Path | None, context: str | None, work: Path) -> tuple[Path, str | None]:
    """Returns the kubeconfig and the context for programs that read only one file.

    Without a file, it is a copy of what kubectl would read: those may be several.
    """
    if file:
        return file, context
    copy = work / "own.kubeconfig"
    write_minified(copy, None, context)
    return copy, None


def _taken(access: Access, name: str, options: ClusterOptions) -> str | None:
    """Takes the Lease; returns the id of the crashed run that held it, if any.

    If the cluster refuses, the run has made nothing there, and the note about it is deleted.
    """
    try:
        return asyncio.run(_take(access, name, options.run, options.say))
    except (ClusterError, ApiError) as error:
        if isinstance(error, ClusterError) or error.is_refusal or error.code in (401, 403):
            run_folder.expect_objects(options.work, None)
        raise


@contextmanager
def _held(access: Access, name: str, run: str, crashed: str | None, say: Say) -> Iterator[None]:
    """Holds the Lease that was taken; undoes the run's changes at the end, then releases it."""
    try:
        with lease.renewed(access, run, say):
            try:
                if crashed:
                    say(f"undoing what the crashed run {crashed} has left")
                    _undone(access, name, crashed, say, crashed=True)
                yield
            finally:
                _undone(access, name, run, say, crashed=False)
    finally:
        # Also when the changes could not be undone: `down` needs the Lease to undo them.
        with suppress(ApiError):
            asyncio.run(_release(access, run))


def _undone(access: Access, name: str, run: str, say: Say, *, crashed: bool) -> None:
    try:
        asyncio.run(_undo(access, run, say, crashed))
    except ApiError as error:
        raise ClusterError(
            f"{name}: the changes of the run {run} could not be undone: {error}",
            hint=f"when the cluster answers again: kuscia-conformance down --cluster {name}",
        ) from error


async def _take(access: Access, name: str, run: str, say: Say) -> str | None:
    async with Api(access, preparing.MANAGER) as api:
        return await lease.take(api, name, run, say)


async def _undo(access: Access, run: str, say: Say, crashed: bool) -> None:
    async with Api(access, preparing.MANAGER) as api:
        await undo(api, run, say, crashed=crashed)


async def _release(access: Access, run: str) -> None:
    async with Api(access, preparing.MANAGER) as api:
        await lease.release(api, run)


async def _prepare(access: Access, name: str, options: ClusterOptions) -> list[Obj]:
    """Chooses the nodes, installs definitions and namespace; returns the nodes."""
    wanted = preparing.load_all(options.definitions)
    async with Api(access, preparing.MANAGER) as api:
        nodes = await pool.choose(api, options.node_names, name, options.say)
        replace = options.install_definitions
        made = await definitions.install(api, wanted, options.run, replace=replace)
        if made:
            options.say(f"installed the definitions {', '.join(made)}")
        await _make_namespace(api, options.run)
    return nodes


async def _make_namespace(api: Api, run: str) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": TASK_NAMESPACE}}
    await wait_while_ending(api, TASK_NAMESPACE)
    try:
        await api.create(NAMESPACES, mark(namespace, run))
    except AlreadyExists:
        return
