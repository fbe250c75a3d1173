"""Finds kubectl: the one of the envtest control plane, or else the one on the PATH."""

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
    """Returns the major and minor version of `kubectl`, such as `1.34`."""
    command = [kubectl, "version", "--client", "-o", "json"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    git = str(said["clientVersion"]["gitVersion"])
    return ".".join(git.removeprefix("v").split(".")[:2])
