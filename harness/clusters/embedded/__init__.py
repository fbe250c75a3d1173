"""`embedded`: a Kubernetes API server of our own, in memory, and simulated nodes.

It is a process (`process`), or part of one on a virtual clock (`clock`, `harness.virtual`). What
comes in is a `Request`, however it comes (`asgi` over HTTPS, `local` within the process):

    server       who asks; which part answers; the pace and the log of writes
    endpoints    paths about the server: discovery, OpenAPI, version, health
    resources    paths about objects: verbs; then `listing`, `watching`, `writing`, `deleting`
    subresources binding, eviction, tokens, reviews; `kubelets` and `sockets` for logs and exec
    store        objects, versions and their log; nothing is kept elsewhere
    registry     kinds and paths; `kinds` what there is to know of a kind
    controllers  `collector` (garbage), `namespaces`, `establishing` (definitions), by `dues`

and pure, about objects alone:

    types        what a schema says about each place; made by `schema.build`
    schema       decoding, pruning, defaulting and validating
    definitions  what a CustomResourceDefinition may say, and what follows from it
    builtin      what Kubernetes' own kinds do beyond that
    patching     JSON, merge and strategic merge patches
    fields       managed fields and server-side apply
    protobuf     bodies of compiled clients
    views        discovery, OpenAPI, tables, partial metadata; from `data`, Kubernetes' own
    refusals     every no, worded as Kubernetes words it
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.clusters import preparing
from harness.clusters.types import Cluster, ClusterOptions
from harness.errors import UsageError
from harness.kubeconfig import read_access
from harness.process import Process

CAN = frozenset({"simulated-nodes"})


@contextmanager
def provide(argument: str, options: ClusterOptions) -> Iterator[Cluster]:
    """The cluster in a process of its own, gone at the end. ProcessError if it does not start."""
    if argument:
        raise UsageError(f"--cluster embedded:{argument}: embedded takes no name")
    folder = options.work / "embedded"
    options.say(f"starting the embedded cluster, with {options.nodes} simulated nodes")
    with _process(folder, options):
        kubeconfig = folder / "kubeconfig"
        access = read_access(kubeconfig)
        asyncio.run(preparing.install(access, options.definitions))
        nodes = asyncio.run(preparing.ready_nodes(access, options.nodes))
        yield Cluster("embedded", kubeconfig, None, CAN, nodes)


def _process(folder: Path, options: ClusterOptions) -> Process:
    command = [sys.executable, "-P", "-m", "harness.clusters.embedded", "--folder", str(folder)]
    command += ["--nodes", str(options.nodes), "--pace", str(options.pace * 1000)]
    return Process("embedded cluster", command, log=options.work / "embedded.log", ready="ready")
