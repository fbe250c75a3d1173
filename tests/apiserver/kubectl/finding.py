"""The kubectl at hand: the control plane's own, or else the PATH's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

from kuscia_conformance.clusters.controlplane import ENVTEST


def find_kubectl() -> str | None:
    path = os.pathsep.join([os.environ.get("KUBEBUILDER_ASSETS") or ENVTEST, os.environ["PATH"]])
    return shutil.which("kubectl", path=path)


def version_of(kubectl: str) -> str:
    """Its major and minor version: `1.34`."""
    command = [kubectl, "version", "--client", "-o", "json"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    git = str(said["clientVersion"]["gitVersion"])
    return ".".join(git.removeprefix("v").split(".")[:2])
