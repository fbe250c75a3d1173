"""The controller as a process: logging, signals, and the machines that it runs."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from contextlib import suppress
from typing import Any

from harness.api import Api
from harness.kubeconfig import Access
from harness.world import World
from reference_controller.co_scheduler.controller import CoScheduler
from reference_controller.controller import Controller
from reference_controller.kuscia_task.controller import KusciaTasks
from reference_controller.runtime import run
from reference_controller.task_resource.controller import TaskResources
from reference_controller.task_resource_group.controller import TaskResourceGroups

USER_AGENT = "reference-controller"

log = logging.getLogger("reference_controller")


def controllers() -> tuple[Controller[Any], ...]:
    return (KusciaTasks(), TaskResourceGroups(), TaskResources(), CoScheduler())


def main(access: Access, log_level: str = "info") -> int:
    """Run until SIGTERM or SIGINT, and then return 0; a lost API server is waited for.

    The log goes to stderr, a line each: time (UTC), level, controller, key, transition, why.
    The line `runtime ready` says that the controller knows everything there is.
    """
    _log_to_stderr(log_level)
    asyncio.run(_serve(access))
    return 0


def _log_to_stderr(level: str) -> None:
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for ours in ("reference_controller", "harness"):
        logging.getLogger(ours).setLevel(level.upper())


async def _serve(access: Access) -> None:
    async with Api(access, USER_AGENT) as api:
        work = asyncio.ensure_future(run(World(api), controllers(), on_ready=_say_ready))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, work.cancel)
        with suppress(asyncio.CancelledError):
            await work
        requests = sorted(api.requests.items())
        log.debug("requests %s", ", ".join(f"{verb} {of}: {n}" for (verb, of), n in requests))


def _say_ready() -> None:
    log.info("runtime ready")
