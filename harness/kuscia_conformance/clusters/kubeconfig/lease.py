"""A Lease that lets only one run at a time use the user's cluster.

A thread renews the Lease while the run lasts. After a crash the renewals stop. The next run,
or `kuscia-conformance down`, notices that, and first undoes what the crashed run has left. If that
run was on this machine, it needs no Lease to know: `environment.remains` has released it already.
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
#: How long the Lease is valid after a renewal, and the time between two renewals, in seconds.
DURATION, RENEWAL = 60, 15.0
_AGENT = "kuscia-conformance"


async def take(api: Api, where: str, run: str, say: Callable[[str], None]) -> str | None:
    """Takes the Lease for this run; returns the id of the crashed run that held it, if any.

    Raises ClusterError, with the holder's name, if another run still renews the Lease or takes it
    at the same time.
    """
    try:
        await api.create(LEASES, _lease(run))
        return None
    except AlreadyExists:
        theirs = await api.get(LEASES, NAME, NAMESPACE)
    if await is_live(api, theirs, say):
        raise held_by_another(
            theirs,
            hint="wait until that run has ended; if it has crashed on another machine, wait "
            f"{DURATION} s, and then kuscia-conformance down --cluster {where} undoes what it has "
            "left",
        )
    try:
        taken = _lease(run)
        taken["metadata"]["resourceVersion"] = theirs["metadata"]["resourceVersion"]
        await api.patch(LEASES, NAME, NAMESPACE, taken)
    except (Conflict, NotFound) as error:
        raise ClusterError("another run has just begun on this cluster") from error
    return run_of(theirs)


async def find(api: Api) -> Obj | None:
    """Returns the Lease, whichever run holds it; None without a Lease."""
    try:
        return await api.get(LEASES, NAME, NAMESPACE)
    except NotFound:
        return None


async def release(api: Api, run: str | None) -> bool:
    """Deletes the Lease if that run holds it (None: any run); returns whether it was deleted."""
    there = await find(api)
    if there is None or run not in (None, run_of(there)):
        return False
    try:
        await api.delete(LEASES, NAME, NAMESPACE, uid=uid_of(there))
    except (Conflict, NotFound):
        return False
    return True


async def is_live(api: Api, lease: Obj, say: Callable[[str], None]) -> bool:
    """Returns whether the holder still renews the Lease.

    The clocks of two machines may differ. A Lease that has expired by this machine's clock is
    therefore watched for a little longer than the time between two renewals.
    """
    if datetime.now(UTC) < lapses(lease):
        return True
    say(f"a run of {holder(lease)} seems to have crashed: waiting to see if it renews its lease")
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
    """Returns when the Lease expires unless it is renewed, by the clock of its holder."""
    spec = lease["spec"]
    return time_from(spec["renewTime"]) + timedelta(seconds=spec["leaseDurationSeconds"])


def holder(lease: Obj) -> str:
    """Returns user, host and process of the holder, for messages."""
    return str(lease["spec"].get("holderIdentity") or "an unknown user")


def held_by_another(lease: Obj, *, hint: str) -> ClusterError:
    """Returns the error for a Lease that another run holds; it says who, since when, until when."""
    since = time_text(time_from(lease["spec"]["acquireTime"]))
    return ClusterError(
        f"the run {run_of(lease)} of {holder(lease)} has used this cluster since {since}; its "
        f"lease {NAMESPACE}/{NAME} expires at {time_text(lapses(lease))} unless that run renews it",
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
    except (KeyError, OSError):  # in a container the user may have no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()} (process {os.getpid()})"


@contextmanager
def renewed(access: Access, run: str, say: Callable[[str], None]) -> Iterator[None]:
    """Renews the Lease in a thread, which interrupts the run if the run has lost the Lease."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(RENEWAL):
            if not asyncio.run(renew(access, run)):
                say("the lease of this run was deleted, or another run holds it: ending the run")
                # The same as Ctrl-C: the run cleans up, and counts as incomplete.
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
    """Renews the Lease once; returns False if the run no longer holds it.

    If the server does not answer, the result is True, and the next turn tries again. The Lease is
    valid for several turns, and scenarios notice by themselves that a cluster is gone.
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
