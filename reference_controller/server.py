"""The controller as a process: logging, signals, and the machines that it runs.

`main` is called by the command `kuscia-conformance controller`. It runs the four machines of
`controllers()`, with leader election if `Options.election` is set.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.world import World
from reference_controller.co_scheduler.controller import CoScheduler
from reference_controller.controller import Controller
from reference_controller.endpoints import endpoints
from reference_controller.kuscia_task.controller import KusciaTasks
from reference_controller.leader import lead
from reference_controller.lease import Election
from reference_controller.metrics import MeasuredApi, text
from reference_controller.runtime import run
from reference_controller.task_resource.controller import TaskResources
from reference_controller.task_resource_group.controller import TaskResourceGroups

USER_AGENT = "reference-controller"
#: The format of a line of the log, and of its time.
FORMAT, TIMES = "%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"

log = logging.getLogger("reference_controller")


def controllers() -> tuple[Controller[Any], ...]:
    """Returns the four machines, in the order in which the README shows them."""
    return (KusciaTasks(), TaskResourceGroups(), TaskResources(), CoScheduler())


@dataclass(frozen=True)
class Options:
    """Options of the process, except the cluster that it works on."""

    log_level: str = "info"
    #: Where to serve health and metrics. With port 0 they are not served.
    metrics_address: str = "127.0.0.1"
    metrics_port: int = 0
    #: The leader election; None starts the work immediately, without an election.
    election: Election | None = None


def main(access: Access, options: Options) -> int:
    """Runs until SIGTERM or SIGINT, then returns 0. If the API server is lost, it waits for it.

    Raises ControllerError if the lease is lost (only with an election), and UsageError if the
    metrics port cannot be used. The log goes to stderr, one line for each transition: time (UTC),
    level, controller, key, transition, why. The line `runtime ready` says that every watched
    resource has been listed.
    """
    _log_to_stderr(options.log_level)
    asyncio.run(_serve(access, options))
    return 0


def _log_to_stderr(level: str) -> None:
    formatter = logging.Formatter(FORMAT, TIMES)
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for ours in ("reference_controller", "harness"):
        logging.getLogger(ours).setLevel(level.upper())


async def _serve(access: Access, options: Options) -> None:
    async with MeasuredApi(access, USER_AGENT) as api:
        process = Process(World(api), api, options)
        work = asyncio.ensure_future(process.run())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, work.cancel)
        with suppress(asyncio.CancelledError):
            await work
        requests = sorted(api.requests.items())
        log.debug("requests %s", ", ".join(f"{verb} {of}: {n}" for (verb, of), n in requests))


class Process:
    """The work of the process, and its state for the HTTP endpoints."""

    def __init__(self, world: World, api: MeasuredApi, options: Options) -> None:
        self.world, self.api, self.options = world, api, options
        self.metrics = api.metrics
        self.is_ready = False
        api.clock = world.monotonic

    async def run(self) -> None:
        """Works and serves the HTTP endpoints until cancelled.

        With an election it works only while it holds the Lease. A process that stands by while
        another one leads is ready, too.
        """
        async with endpoints(
            self.options.metrics_address,
            self.options.metrics_port,
            is_ready=lambda: self.is_ready,
            metrics=lambda: text(self.metrics, self.api.requests),
        ):
            if self.options.election:
                me = f"{socket.gethostname()}_{uuid4()}"
                await lead(
                    self.world, self.options.election, me, self._work, on_standby=self._stand_by
                )
            else:
                await self._work()

    def _stand_by(self) -> None:
        self.is_ready = True

    async def _work(self) -> None:
        self.is_ready = False
        await run(self.world, controllers(), on_ready=self._ready, metrics=self.metrics)

    def _ready(self) -> None:
        self.is_ready = True
        log.info("runtime ready")
