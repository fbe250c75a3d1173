"""Removes what a run has made: at the end of the run, or later if the run was killed.

`run_folder` gives a run its folder and first removes what killed runs of this user have left. Both
use `undo`, which goes by the marks and notes that `clusters.run_folder` describes:

    processes    are ended
    containers   are removed
    objects      of a cluster that stays are deleted, what was changed is restored, and the lease of
                 the run is released
    the file     that was written for the user is deleted, unless it was changed
    the folder   is deleted, if everything else is gone
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kuscia_conformance.clusters import preparing
from kuscia_conformance.clusters.kubeconfig import lease
from kuscia_conformance.clusters.kubeconfig import undo as objects
from kuscia_conformance.clusters.process import run
from kuscia_conformance.clusters.run_folder import (
    Objects,
    container_label,
    container_mount,
    dead_folders,
    delete,
    expected_file,
    expected_objects,
    expects_containers,
    is_within_a_run,
    made_folder,
)
from kuscia_conformance.clusters.strays import end_strays
from kuscia_conformance.environment.signals import undisturbed
from kuscia_conformance.errors import ClusterError, ConformanceError, HarnessError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access

Say = Callable[[str], None]


@contextmanager
def run_folder(say: Say) -> Iterator[Path]:
    """Yields the folder of a new run; at the end removes it, and what still carries its mark.

    Signals do not disturb the end. If something cannot be removed, raises HarnessError for the
    folder and ClusterError for all else, with the commands that remove it. After an exception in
    the context, `say` tells them instead.
    """
    if not is_within_a_run():
        sweep(say)
    with made_folder() as folder:
        try:
            yield folder
        except BaseException:
            with undisturbed():
                _tell(undo(folder, say), say)
            raise
        with undisturbed():
            left = undo(folder, say)
        if left:
            error = HarnessError if left == _folder(folder) else ClusterError
            raise error("\n".join(left))


def _tell(left: list[str], say: Say) -> list[str]:
    for text in left:
        say(text)
    return left


def sweep(say: Say) -> list[str]:
    """Removes what killed runs of this user have left; returns a text for each thing that stays."""
    left = []
    with dead_folders() as folders:
        if folders:
            say("removing what a killed run has left")
        for folder in folders:
            left += undo(folder, say)
    return _tell(left, say)


def undo(folder: Path, say: Say) -> list[str]:
    """Removes everything of the run with this folder.

    Returns a text for each thing that could not be removed: what it is, why, and the command that
    removes it. The folder stays then, so that the next run tries again.
    """
    end_strays(folder)
    left = [*_containers(folder), *_objects(folder, say), *_file(folder)]
    if not left:
        delete(folder)
    return left or _folder(folder)


def _containers(folder: Path) -> list[str]:
    if not expects_containers(folder):
        return []
    marks = f"label={container_label(folder)}", f"volume={container_mount(folder)}"
    try:
        found = [run("docker", "ps", "-aq", "--filter", mark).split() for mark in marks]
        if ids := [name for names in found for name in names]:
            run("docker", "rm", "-f", "-v", *ids)
    except ClusterError as error:
        search = " ".join(f"$(docker ps -aq --filter {mark})" for mark in marks)
        return [f"containers of the run may be left: {error}\n  docker rm -f -v {search}"]
    return []


def _objects(folder: Path, say: Say) -> list[str]:
    noted = expected_objects(folder)
    if noted is None:
        return []
    try:
        asyncio.run(_undo_objects(noted, say))
    except (ConformanceError, TimeoutError) as error:
        text = f"{noted.cluster}: objects of the run {noted.run} are left: {error}"
        text += "\n  when the cluster answers again: kuscia-conformance down"
        return [f"{text}\n  if that cluster is gone: rm -r {folder}"]
    return []


async def _undo_objects(noted: Objects, say: Say) -> None:
    access = read_access(noted.kubeconfig, noted.context)
    await preparing.check_reachable(access, noted.cluster)
    async with Api(access, preparing.MANAGER) as api:
        await objects.undo(api, noted.run, say)
        await lease.release(api, noted.run)


def _file(folder: Path) -> list[str]:
    """Deletes the copy of the kubeconfig that `serve` has written for the user."""
    path = expected_file(folder)
    try:
        if path and path.read_bytes() in (b"", (folder / "kubeconfig").read_bytes()):
            path.unlink()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"{path}: {error.strerror}\n  rm {path}"]
    return []


def _folder(folder: Path) -> list[str]:
    return [f"the folder {folder} cannot be deleted\n  rm -r {folder}"] if folder.exists() else []
