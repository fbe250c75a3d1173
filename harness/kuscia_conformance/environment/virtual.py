"""Everything in one process, on a virtual clock: server, nodes, reference controller, scenarios.

Nobody but the scenario drives the loop: while a step thinks, no time passes; while it waits, all
others do what they have to, and time moves on only when they have done it. So a run is the same
each time, for a seed, and an hour of waiting takes as long as what happens in it.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.clusters import preparing
from kuscia_conformance.clusters.embedded import gc_tuning
from kuscia_conformance.clusters.embedded.nodes import at_work
from kuscia_conformance.environment.connection import Connection, opened
from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.journal import Journal
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.environment.setup_manifests import set_up
from kuscia_conformance.environment.virtual_clock import VirtualLoop, VirtualWorld
from kuscia_conformance.errors import ControllerError
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.simulated_nodes import nodes

TOKEN = "virtual"
#: As what a report names such a cluster, and what it can do.
NAME, CAN = "embedded", ("exec", "faults", "request-log", "simulated-nodes", "virtual-clock")
#: For what is there at once if it comes at all, in seconds of the virtual clock.
PATIENCE = 30.0


@dataclass
class VirtualController:
    """The reference controller as a task: to kill it is to cancel it where it waits."""

    access: Access
    loop: VirtualLoop
    _work: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._work is None:
            ready = asyncio.Event()
            self._work = self.loop.create_task(self._run(ready.set), name="reference controller")
            async with asyncio.timeout(PATIENCE):
                await ready.wait()

    async def kill(self) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
            self._work = None

    async def look(self) -> None:
        """ControllerError if it has ended by itself."""
        if self._work is not None and self._work.done():
            why = None if self._work.cancelled() else self._work.exception()
            raise ControllerError("the reference controller has ended") from why

    async def _run(self, on_ready: Callable[[], None]) -> None:
        from reference_controller.runtime import run
        from reference_controller.server import USER_AGENT, controllers

        async with Api(self.access, USER_AGENT) as api:
            await run(VirtualWorld(api, self.loop), controllers(), on_ready=on_ready)


@dataclass
class DrivenJournal(Journal):
    """A journal that fills only while it is waited for: waiting drives the loop."""

    loop: VirtualLoop = field(default_factory=VirtualLoop)

    def wait_beyond(self, count: int, seconds: float) -> bool:
        return self.loop.run_until_complete(self._beyond(count, seconds))

    async def _beyond(self, count: int, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                while len(self.versions) <= count:
                    self._grown.clear()
                    await self._grown.wait()
        return len(self.versions) > count

    def __post_init__(self) -> None:
        self._grown = asyncio.Event()

    def add(self, version: Any) -> None:
        super().add(version)
        self._grown.set()


@dataclass
class VirtualCluster:
    """What an environment has of it: a connection, and the controller to kill and start."""

    loop: VirtualLoop
    connection: Connection
    controller: VirtualController

    def ask(self, what: str) -> None:
        """As `environment.controllers.control.ask`."""
        answers = {
            control.KILL: self.controller.kill,
            control.START: self.controller.start,
            control.LOOK: self.controller.look,
        }
        self.connection.run(answers[what]())


@contextmanager
def virtual_environment(settings: Settings, say: Callable[[str], None]) -> Iterator[Environment]:
    """Cluster and controller in this process, and their end."""
    say("starting everything in this process, on a virtual clock")
    with tempfile.TemporaryDirectory(prefix="kuscia-conformance-") as folder, ExitStack() as ending:
        ending.enter_context(gc_tuning.rare_collections())
        loop = ending.enter_context(_loop())
        run = f"{Random(settings.seed).getrandbits(32):08x}"
        log = settings.out / "controller.log"
        ending.enter_context(_logging(log, loop))
        access = ending.enter_context(_cluster(settings, loop))
        drive = loop.run_until_complete
        ending.enter_context(set_up(access, settings.setup, run, drive))
        controller = VirtualController(access, loop)
        ending.callback(lambda: drive(controller.kill()))
        drive(controller.start())
        connection = ending.enter_context(_connection(access, loop))
        yield Environment(
            cluster=NAME,
            kubeconfig="",
            context=None,
            can=CAN,
            nodes=tuple(nodes.names(settings.nodes)),
            outlives=False,
            controller="reference",
            controller_log=str(log),
            run=run,
            work=folder,
            virtual=VirtualCluster(loop, connection, controller),
        )


@contextmanager
def _loop() -> Iterator[VirtualLoop]:
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def _cluster(settings: Settings, loop: VirtualLoop) -> Iterator[Access]:
    """The server with its nodes and definitions."""
    server = Server({TOKEN: "admin"}, settings.pace, loop.now, Random(settings.seed))
    access = access_to(server, TOKEN)
    running = at_work(server, access, settings.nodes, lambda api: VirtualWorld(api, loop))
    loop.run_until_complete(asyncio.wait_for(running.__aenter__(), PATIENCE))
    loop.run_until_complete(preparing.install(access, suite_folder("fixtures") / "crds"))
    try:
        yield access
    finally:
        loop.run_until_complete(running.__aexit__(None, None, None))


@contextmanager
def _connection(access: Access, loop: VirtualLoop) -> Iterator[Connection]:
    api = Api(access, "kuscia-conformance")
    journal = DrivenJournal(now=loop.now, loop=loop)
    world = VirtualWorld(api, loop)
    with opened(api, journal, world, loop.run_until_complete) as connection:
        yield connection


@contextmanager
def _logging(file: Path, loop: VirtualLoop) -> Iterator[None]:
    """The controller's log, as it would write it in a process of its own, by the virtual clock."""
    from reference_controller.server import FORMAT, TIMES

    def stamp(record: logging.LogRecord) -> bool:
        record.created = loop.now().timestamp()
        record.msecs = record.created % 1 * 1000
        return True

    formatter = logging.Formatter(FORMAT, TIMES)
    formatter.converter = time.gmtime
    handler = logging.FileHandler(file, mode="w")
    handler.setFormatter(formatter)
    handler.addFilter(stamp)
    logger = logging.getLogger("reference_controller")
    level, propagates = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel("INFO")
    logger.propagate = False
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.propagate = propagates
        logger.removeHandler(handler)
        handler.close()
