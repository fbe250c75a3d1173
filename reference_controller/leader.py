"""Leads while it holds the Lease: acquire, work and renew, release (`lease.py` decides).

The deadline of the leader counts from when its last successful renewal was sent, the patience
of the others from when they saw it, which is later; and the deadline is the shorter one. So
the leader has stopped before anybody else starts, whatever the clocks of the machines say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from kuscia_conformance.errors import AlreadyExists, ApiError, Conflict, ControllerError, NotFound
from kuscia_conformance.kube.objects import LEASES, Obj
from kuscia_conformance.kube.world import World
from reference_controller.lease import Election, Observed, decide, held, observe, released

log = logging.getLogger("reference_controller")


async def lead(
    world: World,
    election: Election,
    me: str,
    work: Callable[[], Coroutine[Any, Any, None]],
    *,
    on_standby: Callable[[], None] = lambda: None,
) -> None:
    """Stand by until the Lease can be had, then work until cancelled; the Lease is released.

    `me` is a name that no other candidate has, ever. `on_standby` is called once, when the
    Lease has been looked at. ControllerError if the Lease is lost: the work has been stopped.
    """
    candidate = Candidate(world, election, me)
    await candidate.acquire(on_standby)
    log.info("%s leads", me)
    tasks = [
        world.spawn(work(), "work"),
        world.spawn(candidate.keep(), "renew"),
        world.spawn(candidate.watch_deadline(), "renew deadline"),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await candidate.release()


class Candidate:
    """One of those who want the Lease."""

    def __init__(self, world: World, election: Election, me: str) -> None:
        self.world, self.election, self.me = world, election, me
        self.observed: Observed | None = None
        #: When the last write that made the Lease ours was sent, by our own clock.
        self.renewed = 0.0

    async def acquire(self, on_standby: Callable[[], None]) -> None:
        """Try until it is ours."""
        said = None
        while not await self._attempt():
            if self.observed:
                on_standby()
            holder = self.observed.holder if self.observed else ""
            if holder != said:
                log.info("%s stands by, %s leads", self.me, holder or "nobody")
                said = holder
            await self.world.sleep(self.election.retry_period)

    async def keep(self) -> NoReturn:
        """Renew it. ControllerError once it is somebody else's."""
        while True:
            await self.world.sleep(self.election.retry_period)
            if not await self._attempt() and self.observed and self.observed.holder != self.me:
                raise self._lost(f"it is held by {self.observed.holder or 'nobody'}")

    async def watch_deadline(self) -> NoReturn:
        """Wait, however long a request takes. ControllerError once nothing was renewed in time."""
        while (left := self._left()) > 0:
            await self.world.sleep(left)
        raise self._lost(f"it could not be renewed for {self.election.renew_deadline:g} s")

    def _left(self) -> float:
        """The seconds for which a leader may work on without another renewal."""
        return self.renewed + self.election.renew_deadline - self.world.monotonic()

    async def release(self) -> None:
        """Let others have it at once, if it is ours still; they can wait if that fails."""
        if not self.observed or self.observed.holder != self.me or self._left() <= 0:
            return
        try:
            await self._release(self.observed)
            log.info("%s has released the lease", self.me)
        except (ApiError, TimeoutError) as error:
            log.warning("lease %s: not released: %s", self.election.name, error)

    async def _release(self, observed: Observed) -> None:
        try:
            await self._write(released(observed, self.world.now()))
        except Conflict:
            # A renewal that was cut short when we were told to end may have been written.
            await self._look()
            if self.observed is None or self.observed.holder != self.me:
                raise
            await self._write(released(self.observed, self.world.now()))

    async def _attempt(self) -> bool:
        """Look at the Lease, and take or renew it if that may be; whether it is ours now.

        An answer that took longer than a leader may work comes too late to lead.
        """
        try:
            await self._look()
            if decide(self.observed, self.me, self.world.monotonic()) == "wait":
                return False
            sent = self.world.monotonic()
            await self._write(held(self.observed, self.me, self.election, self.world.now()))
        except (AlreadyExists, Conflict) as error:
            log.debug("lease %s: another was faster: %s", self.election.name, error)
            return False
        except (ApiError, TimeoutError) as error:
            log.warning("lease %s: %s", self.election.name, error or type(error).__name__)
            return False
        self.renewed = sent
        return self._left() > 0

    async def _look(self) -> None:
        name, namespace = self.election.name, self.election.namespace
        try:
            lease = await self.world.api.get(LEASES, name, namespace)
        except NotFound:
            self.observed = None
        else:
            self.observed = observe(self.observed, lease, self.world.monotonic())

    async def _write(self, spec: Obj) -> None:
        """Write it onto the version that was seen, or create it."""
        name, namespace = self.election.name, self.election.namespace
        metadata = {"name": name, "namespace": namespace}
        if self.observed is None:
            lease = {"apiVersion": LEASES.api_version, "kind": LEASES.kind, "metadata": metadata}
            answer = await self.world.api.create(LEASES, {**lease, "spec": spec})
        else:
            version = self.observed.lease["metadata"]["resourceVersion"]
            patch = {"metadata": {"resourceVersion": version}, "spec": spec}
            answer = await self.world.api.patch(LEASES, name, namespace, patch)
        self.observed = observe(self.observed, answer, self.world.monotonic())

    def _lost(self, why: str) -> ControllerError:
        where = f"{self.election.namespace}/{self.election.name}"
        return ControllerError(
            f"the lease {where} is lost: {why}; all work has been stopped",
            hint="start the controller again: it stands by until the lease can be had",
        )
