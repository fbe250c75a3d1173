"""Images: the one that kind's nodes are made of, and the one that the pods run."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable

from kuscia_conformance.clusters.process import run, succeeds
from kuscia_conformance.errors import ClusterError
from kuscia_conformance.features.folders import (
    suite_folder,
)

#: The image that the fixtures' AppImages name.
WORKLOAD = "kuscia-conformance/workload:1"
#: Any published node image; asked for only to learn whether images can be pulled.
PUBLISHED = "kindest/node:v1.31.0"
#: How a node image starts; what is left is asked whether it holds /kind/version.
ENTRYPOINT = ["/usr/local/bin/entrypoint", "/sbin/init"]


def choose_node_image(chosen: str | None, say: Callable[[str], None]) -> str | None:
    """The user's choice; None for kind's own; the sole local one where nothing can be pulled."""
    if chosen:
        if not succeeds("docker", "image", "inspect", chosen):
            run("docker", "pull", chosen)
        return chosen
    local = _local_node_images()
    if len(local) != 1 or succeeds("docker", "manifest", "inspect", PUBLISHED):
        return None
    say(f"images cannot be pulled here: using the local node image {local[0]}")
    return local[0]


def _local_node_images() -> list[str]:
    names = run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    named = [name for name in names if "<none>" not in name]
    return [name for name in named if _starts_as_node(name) and _holds_kind_version(name)]


def _starts_as_node(image: str) -> bool:
    config = json.loads(run("docker", "image", "inspect", "-f", "{{json .Config}}", image))
    return bool(config.get("Entrypoint") == ENTRYPOINT)


def _holds_kind_version(image: str) -> bool:
    command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "cat", image]
    return succeeds(*command, "/kind/version", seconds=30)


def make_workload_image(base: str) -> str:
    """Put /work/app onto the base image, here only; the new image's name."""
    try:
        container = run("docker", "create", base, "sh")
    except ClusterError as error:
        hint = "name an image that is here, or can be pulled, by --workload-image"
        raise ClusterError(f"--workload-image {base}: {error.message}", hint=hint) from error
    try:
        run("docker", "cp", "-", f"{container}:/", give=_layer())
        run("docker", "commit", "--change", "WORKDIR /work", container, WORKLOAD)
    finally:
        run("docker", "rm", "-f", container)
    return WORKLOAD


def _layer() -> bytes:
    """A tar archive with /work/app, executable by all."""
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
