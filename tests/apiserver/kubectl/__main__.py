"""`python -m tests.apiserver.kubectl record` stores what kubectl prints against a server.

`check` runs the same scripts and compares the output with the stored one.
"""

from __future__ import annotations

import difflib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.features.folders import (
    suite_folder,
)
from tests.apiserver.kubectl import files
from tests.apiserver.kubectl.finding import find_kubectl, version_of
from tests.apiserver.kubectl.playing import play

_KUBECONFIG = click.option("--kubeconfig", type=click.Path(exists=True, path_type=Path))
_CLUSTER = click.option("--cluster", "kind", default="controlplane", show_default=True)
_ONLY = click.option("--only", multiple=True, help="a script; may be given several times")


@click.group()
def main():
    """Run scripts of kubectl commands against a server."""


@main.command()
@_KUBECONFIG
@_CLUSTER
@_ONLY
def record(kubeconfig, kind, only):
    """Store what kubectl prints."""
    kubectl = _kubectl()
    for name, text in _each(kubectl, kubeconfig, kind, only):
        files.keep(name, text)
    files.CLIENT.write_text(version_of(kubectl) + "\n")


@main.command()
@_KUBECONFIG
@_CLUSTER
@_ONLY
def check(kubeconfig, kind, only):
    """Compare what kubectl prints with the stored output."""
    differ = False
    for name, text in _each(_kubectl(), kubeconfig, kind, only):
        kept = files.output(name).splitlines()
        found = list(difflib.unified_diff(kept, text.splitlines(), "kept", name, lineterm=""))
        differ |= bool(found)
        click.echo("\n".join(found) or f"{name}: the same")
    sys.exit(differ)


def _kubectl() -> str:
    if kubectl := find_kubectl():
        return kubectl
    raise click.ClickException("there is no kubectl")


def _each(kubectl, kubeconfig, kind, only) -> Iterator[tuple[str, str]]:
    with _server(kubeconfig, kind) as config:
        for name in only or files.names():
            with tempfile.TemporaryDirectory() as folder:
                yield name, play(files.script(name), kubectl, config, Path(folder))


@contextmanager
def _server(kubeconfig, kind) -> Iterator[Path]:
    if kubeconfig:
        yield kubeconfig
        return
    with tempfile.TemporaryDirectory() as work:
        options = ClusterOptions(
            kind, definitions=suite_folder("fixtures") / "crds", work=Path(work), say=click.echo
        )
        with cluster(options) as made:
            yield made.kubeconfig


if __name__ == "__main__":
    main()
