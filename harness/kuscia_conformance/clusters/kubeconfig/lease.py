"""One run at a time: a Lease on somebody's cluster, renewed in the background while the run lasts.

A run that has crashed renews it no longer; the next one, or `kuscia-conformance down`, finds
that out and undoes what it has left before anything else.
"""

from __future__ import annotations

import asyncio
import getpass
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime, timedelta

from kuscia_conformance.clusters.run_label import mark, run_of
from kuscia_conformance.errors import AlreadyExists, ApiError, ClusterError, Conflict, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import (
    LEASES,
    Obj,
    micro_time_text,
    time_from,
    time_text,
    uid_of,
)

log = logging.getLogger(__name__)

NAME, NAMESPACE = "kuscia-conformance", "kube-system"
#: For how long a renewal is good, and how often it is renewed, in seconds.
DURATION, RENEWAL = 60, 15.0
_AGENT = "kuscia-conformance"


async def take(api: Api, where: str, run: str, say: Callable[[str], None]) -> str | None:
    """Hold the Lease; the run that has left one that lapsed, if any.

    ClusterError, naming who holds it, if that run still renews it.
    """
    try:
        await api.create(LEASES, _lease(run))
        return None
    except AlreadyExists:
        theirs = await api.get(LEASES, NAME, NAMESPACE)
    if await is_live(api, theirs, say):
        raise held_by_another(
            theirs,
            hint="wait until that run has ended; if it has crashed, "
            f"kuscia-conformance down --cluster {where} undoes what it has left",
        )
    try:
        taken = _lease(run)
        taken["metadata"]["resourceVersion"] = theirs["metadata"]["resourceVersion"]
        await api.patch(LEASES, NAME, NAMESPACE, taken)
    except (Conflict, NotFound) as error:
        raise ClusterError("another run has just begun on this cluster") from error
    return run_of(theirs)


async def find(api: Api) -> Obj | None:
    """The Lease, whoever holds it."""
    try:
        return await api.get(LEASES, NAME, NAMESPACE)
    except NotFound:
        return None


async def release(api: Api, run: str | None) -> bool:
    """Give the Lease up if that run holds it, or with None whoever does; whether there was one."""
    there = await find(api)
    if there is None or run not in (None, run_of(there)):
        return False
    try:
        await api.delete(LEASES, NAME, NAMESPACE, uid=uid_of(there))
    except (Conflict, NotFound):
        return False
    return True


async def is_live(api: Api, lease: Obj, say: Callable[[str], None]) -> bool:
    """Whether its holder still renews it.

    Clocks of two machines may differ: one that has lapsed by ours is watched for a while.
    """
    if datetime.now(UTC) < lapses(lease):
        return True
    say(f"a run of {holder(lease)} seems to have crashed: waiting whether it renews its lease")
    try:
        return await asyncio.wait_for(_is_renewed(api, lease), RENEWAL * 1.2)
    except TimeoutError:
        return False


async def _is_renewed(api: Api, lease: Obj) -> bool:
    version = lease["metadata"]["resourceVersion"]
    watch = api.watch(LEASES, NAMESPACE, version=version, fields=f"metadata.name={NAME}")
    async with aclosing(watch) as events:
        async for event in events:
            if event.type == "MODIFIED":
                return True
            if event.type == "DELETED":
                return False
    return False


def lapses(lease: Obj) -> datetime:
    """When it lapses, by its holder's clock."""
    spec = lease["spec"]
    return time_from(spec["renewTime"]) + timedelta(seconds=spec["leaseDurationSeconds"])


def holder(lease: Obj) -> str:
    return str(lease["spec"].get("holderIdentity") or "somebody")


def held_by_another(lease: Obj, *, hint: str) -> ClusterError:
    """The refusal, with all that the Lease says."""
    since = time_text(time_from(lease["spec"]["acquireTime"]))
    return ClusterError(
        f"the run {run_of(lease)} of {holder(lease)} has this cluster since {since}; "
        f"its lease {NAMESPACE}/{NAME} lapses at {time_text(lapses(lease))} unless it is renewed",
        hint=hint,
    )


def _lease(run: str) -> Obj:
    now = micro_time_text(datetime.now(UTC))
    lease = {
        "apiVersion": LEASES.api_version,
        "kind": LEASES.kind,
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {
            "holderIdentity": _whoami(),
            "leaseDurationSeconds": DURATION,
            "acquireTime": now,
            "renewTime": now,
        },
    }
    return mark(lease, run)


def _whoami() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()} (process {os.getpid()})"


@contextmanager
def renewed(access: Access, run: str, say: Callable[[str], None]) -> Iterator[None]:
    """Renew the Lease in a thread; if somebody else has taken it, the run is interrupted."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(RENEWAL):
            if not asyncio.run(renew(access, run)):
                say("the lease of this run is gone, or another's: ending the run")
                # As Ctrl-C: what the run has made is cleaned up, and it counts as incomplete.
                os.kill(os.getpid(), signal.SIGINT)
                return

    thread = threading.Thread(target=keep, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


async def renew(access: Access, run: str) -> bool:
    """Renew it once; False if the run no longer holds it.

    A server that does not answer is asked again at the next turn: until then the lease is good,
    and whether the cluster is gone the scenarios find out.
    """
    async with Api(access, _AGENT) as api:
        try:
            there = await find(api)
            if there is None or run_of(there) != run:
                return False
            version = {"resourceVersion": there["metadata"]["resourceVersion"]}
            renewal = {
                "metadata": version,
                "spec": {"renewTime": micro_time_text(datetime.now(UTC))},
            }
            await api.patch(LEASES, NAME, NAMESPACE, renewal)
        except (Conflict, NotFound):
            return False
        except (ApiError, TimeoutError) as error:
            log.warning("the lease could not be renewed: %s", error)
    return True
