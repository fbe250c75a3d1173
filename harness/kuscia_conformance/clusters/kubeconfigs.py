"""The kubeconfig of a cluster of our own: one file that holds all it takes."""

from __future__ import annotations

import base64
from pathlib import Path

import yaml

NAME = "kuscia-conformance"


def write_kubeconfig(folder: Path, port: int, token: str) -> Path:
    """Of a server on loopback, with the authority of the folder's ca.crt; for its owner alone."""
    authority = base64.b64encode((folder / "ca.crt").read_bytes()).decode()
    server = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": authority}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": server}],
        "users": [{"name": NAME, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "current-context": NAME,
    }
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content))
    return path
