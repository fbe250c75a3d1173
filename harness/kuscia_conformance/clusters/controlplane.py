"""`--cluster controlplane`: etcd, kube-apiserver and kube-controller-manager as child processes.

The API server is the real one; the nodes are simulated (`simulated_nodes`). All files are in the
run's folder, and all ports are on loopback. Nothing is left when the run ends.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kuscia_conformance import simulated_nodes
from kuscia_conformance.clusters import preparing
from kuscia_conformance.clusters.address import Address
from kuscia_conformance.clusters.credentials import write_certificates, write_kubeconfig
from kuscia_conformance.clusters.process import (
    UTF8,
    Patience,
    Process,
    ProcessError,
    module_command,
)
from kuscia_conformance.clusters.types import Cluster, ClusterOptions
from kuscia_conformance.errors import ClusterError, UsageError
from kuscia_conformance.kube.kubeconfig import read_access

BINARIES = ("etcd", "kube-apiserver", "kube-controller-manager")
#: The folder that Kubernetes' envtest uses if KUBEBUILDER_ASSETS is not set.
ENVTEST = "/usr/local/kubebuilder/bin"
#: The controllers of kube-controller-manager that a run with simulated nodes needs.
CONTROLLERS = (
    "endpoints-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
)
#: None of the processes holds data that is needed later, so they may be killed after 3 seconds.
QUICK_END = Patience(end=3)


@contextmanager
def provide(address: Address, options: ClusterOptions) -> Iterator[Cluster]:
    """Starts a control plane with simulated nodes, and ends it when the context is left.

    Raises UsageError if the address has an argument, ClusterError if a binary is missing or the
    cluster does not become ready in time, ProcessError if a process does not start or ends.
    """
    address.require_no_argument()
    binaries = _find_binaries(options.assets)
    with ExitStack() as running:
        options.say("starting etcd, kube-apiserver and kube-controller-manager")
        plane = _Plane(binaries, options.work / "controlplane", running)
        kubeconfig = plane.start(options.definitions)
        options.say(f"starting {options.nodes} simulated nodes")
        running.enter_context(_simulated_nodes(kubeconfig, options))
        nodes = asyncio.run(preparing.ready_nodes(read_access(kubeconfig), options.nodes))
        can = frozenset({"simulated-nodes"})
        yield Cluster("controlplane", kubeconfig, None, can, nodes)


def _folder(assets: str | None) -> Path:
    return Path(assets or os.environ.get("KUBEBUILDER_ASSETS") or ENVTEST)


def _missing(folder: Path) -> list[str]:
    return [name for name in BINARIES if not os.access(folder / name, os.X_OK)]


def _find_binaries(assets: str | None) -> Path:
    """Returns the folder of the programs.

    That it lacks one is a wrong option, if the user has named it, and else a fault of the machine.
    """
    folder = _folder(assets)
    if missing := _missing(folder):
        error = UsageError if assets else ClusterError
        where = f"--assets {assets}" if assets else f"controlplane: {folder}"
        raise error(
            f"{where} has no {', '.join(missing)}",
            hint="name the folder that has them with --assets or KUBEBUILDER_ASSETS "
            "(`setup-envtest use -p path` of controller-runtime downloads them), "
            "or use --cluster kind",
        )
    return folder


class _Plane:
    """The processes of the control plane, with their files and their ports."""

    def __init__(self, binaries: Path, folder: Path, running: ExitStack) -> None:
        self.binaries, self.folder, self.running = binaries, folder, running
        self.token = secrets.token_hex(16)
        folder.mkdir(parents=True)
        write_certificates(folder)

    def start(self, definitions: Path) -> Path:
        """Starts etcd and kube-apiserver, installs the definitions, starts the controllers.

        Returns the kubeconfig. Raises ProcessError if one of the first two ends too early.
        """
        etcd, peer, port = free_ports(3)
        started = [self._etcd(etcd, peer), self._apiserver(etcd, port)]
        kubeconfig = write_kubeconfig(self.folder, port, self.token)
        access = read_access(kubeconfig)
        asyncio.run(preparing.wait_until_ready(access, alive=lambda: _check(started)))
        asyncio.run(preparing.install(access, definitions))
        # Only now, after the definitions: the garbage collector looks for new kinds when it starts,
        # and then only every 30 seconds.
        self._controller_manager(kubeconfig)
        return kubeconfig

    def _run(self, name: str, *flags: str) -> Process:
        log = self.folder / f"{name}.log"
        process = Process(name, [str(self.binaries / name), *flags], log=log, patience=QUICK_END)
        return self.running.enter_context(process)

    def _etcd(self, client: int, peer: int) -> Process:
        urls = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
        return self._run(
            "etcd",
            f"--data-dir={self.folder / 'data'}",
            "--unsafe-no-fsync",
            "--name=conformance",
            f"--listen-client-urls={urls[0]}",
            f"--advertise-client-urls={urls[0]}",
            f"--listen-peer-urls={urls[1]}",
            f"--initial-advertise-peer-urls={urls[1]}",
            f"--initial-cluster=conformance={urls[1]}",
            "--log-level=error",
        )

    def _apiserver(self, etcd: int, port: int) -> Process:
        tokens = self.folder / "tokens.csv"
        tokens.touch(mode=0o600)
        tokens.write_text(f'{self.token},admin,admin,"system:masters"\n')
        return self._run(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--tls-cert-file={self.folder / 'tls.crt'}",
            f"--tls-private-key-file={self.folder / 'tls.key'}",
            f"--cert-dir={self.folder}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={self.folder / 'sa.key'}",
            f"--service-account-key-file={self.folder / 'sa.key'}",
            f"--token-auth-file={tokens}",
            "--anonymous-auth=false",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--endpoint-reconciler-type=none",
            "--allow-privileged=true",
            # TaintNodesByCondition would taint every new node as not ready. The controller that
            # removes this taint is not among CONTROLLERS.
            "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
        )

    def _controller_manager(self, kubeconfig: Path) -> Process:
        return self._run(
            "kube-controller-manager",
            f"--kubeconfig={kubeconfig}",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            "--secure-port=0",
            f"--controllers={','.join(CONTROLLERS)}",
            f"--service-account-private-key-file={self.folder / 'sa.key'}",
            f"--root-ca-file={self.folder / 'ca.crt'}",
        )


def _check(processes: list[Process]) -> None:
    for process in processes:
        if not process.is_alive:
            raise ProcessError(f"{process.name} has ended", hint=process.tail())


def _simulated_nodes(kubeconfig: Path, options: ClusterOptions) -> Process:
    arguments = ("--kubeconfig", str(kubeconfig), "--nodes", str(options.nodes))
    command = module_command(simulated_nodes, *arguments)
    log = options.work / "simulated-nodes.log"
    return Process("simulated nodes", command, log=log, environment=UTF8, ready="ready")


def free_ports(count: int) -> list[int]:
    """Returns ports of loopback that are free now; another process may still take one of them."""
    with ExitStack() as sockets:
        opened = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in opened:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in opened]
