"""A whole run in one process, on a virtual clock: server, nodes, reference controller, scenarios.

All of them are tasks of one `VirtualLoop`, and only the scenario runs that loop:

    while a step computes   the loop does not run, and no time passes
    while a step waits      the other tasks run, and time moves on when none of them can run

So a run with the same seed is always the same, and an hour of waiting takes only as long as the
work that is done in it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson

from kuscia_conformance.apiserver.data import VERSION
from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.clusters import preparing
from kuscia_conformance.clusters.embedded import gc_tuning
from kuscia_conformance.clusters.embedded.nodes import at_work
from kuscia_conformance.environment.connection import Connection, opened
from kuscia_conformance.environment.controllers import control
from kuscia_conformance.environment.journal import Journal
from kuscia_conformance.environment.model import Environment
from kuscia_conformance.environment.remains import run_folder
from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.environment.setup_manifests import set_up
from kuscia_conformance.environment.spinning import ControllerSpins, Requests, noted
from kuscia_conformance.environment.virtual_clock import OF_CONTROLLER, VirtualLoop, VirtualWorld
from kuscia_conformance.errors import ControllerError
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.simulated_nodes import nodes, tempo

TOKEN = "virtual"
#: The cluster's name in reports, and what it supports.
NAME, CAN = (
    "embedded",
    (
        "exec",
        "faults",
        "request-log",
        "simulated-nodes",
        "virtual-clock",
        "watch-faults",
    ),
)


def version() -> str:
    """Returns the version of Kubernetes whose API the cluster serves."""
    return str(orjson.loads(VERSION.read_bytes())["gitVersion"])


#: How long parts of the environment may take to start, in seconds of the virtual clock.
PATIENCE = 30.0


@dataclass
class VirtualController:
    """The reference controller as a task of the loop; killing it cancels the task."""

    access: Access
    loop: VirtualLoop
    _work: asyncio.Task[None] | None = None
    #: Why the controller was ended, if it spins.
    _spins: str = ""

    def __post_init__(self) -> None:
        self.requests = Requests(self.loop.now, self._end)
        self.loop.controller_spins = self._never_waits

    async def start(self) -> None:
        """Starts the controller unless it was started, and waits until it is ready or has ended.

        Raises ControllerError if it is not ready within PATIENCE.
        """
        if self._work is None:
            ready = asyncio.Event()
            self._work = self.loop.create_task(self._run(ready.set), name="reference controller")
            self._work.add_done_callback(lambda _: ready.set())
            try:
                await asyncio.wait_for(ready.wait(), PATIENCE)
            except TimeoutError as error:
                text = f"the reference controller was not ready within {PATIENCE:g} s"
                raise ControllerError(text) from error

    async def kill(self) -> None:
        """Cancels the controller's task, if it was started, and waits for its end."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
            self._work = None

    def last_words(self) -> str:
        """Returns how the controller has ended on its own; "" if it runs or was killed."""
        if self._work is None or not self._work.done():
            return ""
        error = None if self._work.cancelled() else self._work.exception()
        return "the controller has ended" + (f": {error!r}" if error else "")

    def _end(self, why: str) -> None:
        """Ends a controller that spins; what looks after the controller then finds out why."""
        if self._work is not None and not self._spins:
            self._spins = why
            self._work.cancel()

    def _never_waits(self, why: str) -> None:
        if self._spins:
            raise ControllerError(f"the controller spins and cannot be cancelled: {why}")
        self._end(why)

    async def _run(self, on_ready: Callable[[], None]) -> None:
        OF_CONTROLLER.set(True)
        self._spins = ""
        try:
            await self._serve(on_ready)
        except asyncio.CancelledError:
            if self._spins:
                raise ControllerSpins(self._spins, self.requests) from None
            raise

    async def _serve(self, on_ready: Callable[[], None]) -> None:
        from reference_controller.runtime import run
        from reference_controller.server import USER_AGENT, controllers

        async with Api(noted(self.access, self.requests), USER_AGENT) as api:
            await run(VirtualWorld(api, self.loop), controllers(), on_ready=on_ready)


@dataclass
class DrivenJournal(Journal):
    """A journal whose waiting runs the loop: without it no watch could add anything."""

    #: Waiting takes no time of the machine, so that one look at its end is soon enough.
    longest: float = math.inf
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
    """The part of a virtual environment that scenarios use, an `InProcess` of `model`."""

    loop: VirtualLoop
    connection: Connection
    controller: VirtualController

    def ask(self, what: str) -> str:
        """Kills, starts or checks the controller. Answers and raises as `control.ask` does."""
        if what == control.LOOK:
            return self.controller.last_words()
        acts = {control.KILL: self.controller.kill, control.START: self.controller.start}
        self.connection.run(acts[what]())
        return ""


@contextmanager
def virtual_environment(settings: Settings, say: Callable[[str], None]) -> Iterator[Environment]:
    """Starts cluster and controller in this process, and ends both with the context.

    `say` is called with progress messages. The run's id comes from the seed. Raises ClusterError
    if set-up manifests cannot be created, or if the virtual clock cannot move on.
    """
    say("starting everything in this process, on a virtual clock")
    with run_folder(say) as folder, ExitStack() as ending:
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
            work=str(folder),
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
    """Starts the API server and its nodes, and installs the resource definitions."""
    server = Server({TOKEN: "admin"}, settings.pace, loop.now, Random(settings.seed))
    access = access_to(server, TOKEN)
    running = at_work(
        server,
        access,
        settings.nodes,
        lambda api: VirtualWorld(api, loop),
        tempo.WHOLE_SECONDS,
    )
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
    """Writes the controller's log as its own process would, with times of the virtual clock."""
    from reference_controller.server import FORMAT, TIMES

    def stamp(record: logging.LogRecord) -> bool:
        record.created = loop.now().timestamp()
        record.msecs = record.created % 1 * 1000
        return True

    formatter = logging.Formatter(FORMAT, TIMES)
    formatter.converter = time.gmtime
    handler = logging.FileHandler(file, mode="w", encoding="utf-8")
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
