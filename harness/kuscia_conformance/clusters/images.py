"""Container images for `kind`: the image of its nodes, and the image that the pods run."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

from kuscia_conformance.clusters.process import run, succeeds
from kuscia_conformance.clusters.run_folder import container_label
from kuscia_conformance.errors import ClusterError
from kuscia_conformance.features.folders import (
    suite_folder,
)

#: The image that the fixtures' AppImages name.
WORKLOAD = "kuscia-conformance/workload:1"
#: A published node image. It is only looked up, to learn whether images can be pulled here.
PUBLISHED = "kindest/node:v1.31.0"
#: The entrypoint of a node image. A local image counts as a node image if it has this entrypoint
#: and the file /kind/version.
ENTRYPOINT = ["/usr/local/bin/entrypoint", "/sbin/init"]


def choose_node_image(chosen: str | None, folder: Path, say: Callable[[str], None]) -> str | None:
    """Returns the image of kind's nodes; None for the default of the installed kind.

    This is the image that the user has chosen, pulled if it is not here. Without a choice it is
    the local node image, if no image can be pulled and there is exactly one. Raises ClusterError
    if the chosen image cannot be pulled.
    """
    if chosen:
        if not succeeds("docker", "image", "inspect", chosen):
            run("docker", "pull", chosen)
        return chosen
    local = _local_node_images(folder)
    if len(local) != 1 or succeeds("docker", "manifest", "inspect", PUBLISHED):
        return None
    say(f"images cannot be pulled here: using the local node image {local[0]}")
    return local[0]


def _local_node_images(folder: Path) -> list[str]:
    names = run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    named = [name for name in names if "<none>" not in name]
    return [name for name in named if _starts_as_node(name) and _holds_kind_version(name, folder)]


def _starts_as_node(image: str) -> bool:
    config = json.loads(run("docker", "image", "inspect", "-f", "{{json .Config}}", image))
    return bool(config.get("Entrypoint") == ENTRYPOINT)


def _holds_kind_version(image: str, folder: Path) -> bool:
    command = ["docker", "run", "--rm", "--label", container_label(folder), "--network", "none"]
    return succeeds(*command, "--entrypoint", "cat", image, "/kind/version", seconds=30)


def make_workload_image(base: str, folder: Path) -> str:
    """Builds the workload image: the base image with /work/app. Returns its name.

    The container in which it does so has the mark of the run with this folder.

    The image exists only in the local Docker. Raises ClusterError if the base image is not here
    and cannot be pulled.
    """
    try:
        container = run("docker", "create", "--label", container_label(folder), base, "sh")
    except ClusterError as error:
        hint = "with --workload-image name an image that is here or can be pulled"
        raise ClusterError(f"--workload-image {base}: {error.message}", hint=hint) from error
    try:
        run("docker", "cp", "-", f"{container}:/", give=_layer())
        _commit(container)
    finally:
        run("docker", "rm", "-f", container)
    return WORKLOAD


def _commit(container: str) -> None:
    """Makes the image, and deletes the image that had its name before."""
    same_name = ("docker", "image", "ls", "-q", "--no-trunc", WORKLOAD)
    before = run(*same_name)
    run("docker", "commit", "--change", "WORKDIR /work", container, WORKLOAD)
    if before and before != run(*same_name):
        succeeds("docker", "image", "rm", before)  # fails if a container of the user's needs it


def _layer() -> bytes:
    """Returns a tar archive with the executable /work/app; all users may write to /work."""
    script = (suite_folder("fixtures") / "workload" / "app").read_bytes()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        folder = tarfile.TarInfo("work")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o777
        archive.addfile(folder)
        file = tarfile.TarInfo("work/app")
        file.size, file.mode = len(script), 0o755
        archive.addfile(file, io.BytesIO(script))
    return buffer.getvalue()
