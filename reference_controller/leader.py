"""Works while it holds the Lease: acquires it, works and renews it, releases it.

`lease.py` decides; this module sends the requests and waits. Two candidates never work at the same
time, even if the clocks of their machines differ. The renew deadline of the leader counts from
when its last successful renewal was sent. The lease duration counts, for the other candidates,
from when they saw that renewal, which is later. The renew deadline is also shorter than the lease
duration. So the leader stops before another candidate starts.
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
    """Waits until it holds the Lease, then works until cancelled; in the end it releases the Lease.

    `me` is a name that no other candidate ever has. `on_standby` is called after each
    attempt that did not acquire a Lease that exists. Raises ControllerError if the Lease is lost;
    the work has then been stopped.
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
    """One process that competes for the Lease."""

    def __init__(self, world: World, election: Election, me: str) -> None:
        self.world, self.election, self.me = world, election, me
        self.observed: Observed | None = None
        #: When the last write that gave us the Lease was sent, in seconds of our own clock.
        self.renewed = 0.0

    async def acquire(self, on_standby: Callable[[], None]) -> None:
        """Tries to acquire the Lease, once each retry period, until it holds it."""
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
        """Renews the Lease. Raises ControllerError when another candidate holds it."""
        while True:
            await self.world.sleep(self.election.retry_period)
            if not await self._attempt() and self.observed and self.observed.holder != self.me:
                raise self._lost(f"it is held by {self.observed.holder or 'nobody'}")

    async def watch_deadline(self) -> NoReturn:
        """Raises ControllerError when the renew deadline has passed without a renewal.

        It runs beside `keep`, so that a request that hangs does not delay it.
        """
        while (left := self._left()) > 0:
            await self.world.sleep(left)
        raise self._lost(f"it could not be renewed for {self.election.renew_deadline:g} s")

    def _left(self) -> float:
        """Returns the seconds for which the leader may go on working without another renewal."""
        return self.renewed + self.election.renew_deadline - self.world.monotonic()

    async def release(self) -> None:
        """Releases the Lease if we still hold it, so that another candidate need not wait.

        An API error is only logged: then the others wait until the Lease lapses.
        """
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
            # The end may have cancelled a renewal whose request the API server still carried out.
            await self._look()
            if self.observed is None or self.observed.holder != self.me:
                raise
            await self._write(released(self.observed, self.world.now()))

    async def _attempt(self) -> bool:
        """Reads the Lease, and acquires or renews it if allowed. Returns whether we hold it now.

        Returns False also if the answer took longer than the renew deadline: it is then too late
        to lead.
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
        """Patches the version of the Lease that was seen, or creates the Lease."""
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
