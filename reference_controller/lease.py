"""Decides which of several candidates leads, from a Lease, by the rules of client-go.

The functions here are pure; `leader.py` sends the requests. A candidate never compares its clock
with the clock of another machine. It only notes, by its own clock, when it saw the Lease change.
A Lease has lapsed when it has not changed for its own `leaseDurationSeconds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.objects import Obj, micro_time_text

#: The defaults of client-go, in seconds.
LEASE_DURATION, RENEW_DEADLINE, RETRY_PERIOD = 15, 10.0, 2.0

Step = Literal["acquire", "renew", "wait"]


@dataclass(frozen=True)
class Election:
    """Which Lease to hold, and its times in seconds.

    Raises UsageError unless lease duration > renew deadline > retry period > 0.
    """

    namespace: str
    name: str
    #: How long other candidates wait after the last renewal that they saw.
    lease_duration: int = LEASE_DURATION
    #: How long the leader goes on working after its last successful renewal.
    renew_deadline: float = RENEW_DEADLINE
    retry_period: float = RETRY_PERIOD

    def __post_init__(self) -> None:
        if not self.lease_duration > self.renew_deadline > self.retry_period > 0:
            raise UsageError(
                "leader election: the lease duration has to be longer than the renew deadline, "
                "and that longer than the retry period; found "
                f"{self.lease_duration} s, {self.renew_deadline:g} s, {self.retry_period:g} s",
                hint="set --leader-elect-lease-duration, --leader-elect-renew-deadline and "
                "--leader-elect-retry-period accordingly",
            )


@dataclass(frozen=True)
class Observed:
    """A Lease, and since when it has not changed, in seconds of the candidate's own clock."""

    lease: Obj
    since: float

    @property
    def holder(self) -> str:
        """The identity of the candidate that holds the Lease; "" if it is released."""
        return self.lease["spec"].get("holderIdentity") or ""

    def has_lapsed(self, now: float) -> bool:
        """Returns whether the Lease has not changed for as long as it says itself."""
        return now >= self.since + (self.lease["spec"].get("leaseDurationSeconds") or 0)


def observe(before: Observed | None, lease: Obj, now: float) -> Observed:
    """Returns the Lease as just read. `since` is now, or as before if the spec is the same."""
    same = before is not None and before.lease["spec"] == lease.get("spec", {})
    return Observed({"spec": {}, **lease}, before.since if before and same else now)


def decide(observed: Observed | None, me: str, now: float) -> Step:
    """Returns what the candidate `me` may do. `observed` is None if the Lease does not exist."""
    if observed is None or not observed.holder:
        return "acquire"
    if observed.holder == me:
        return "renew"
    return "acquire" if observed.has_lapsed(now) else "wait"


def held(observed: Observed | None, me: str, election: Election, now: datetime) -> Obj:
    """Returns the spec with which `me` acquires or renews the Lease.

    Candidates never read the times in it; people do.
    """
    spec = observed.lease["spec"] if observed else {}
    kept = spec.get("holderIdentity") == me
    transitions = spec.get("leaseTransitions") or 0
    return {
        "holderIdentity": me,
        "leaseDurationSeconds": election.lease_duration,
        "acquireTime": spec["acquireTime"] if kept else micro_time_text(now),
        "renewTime": micro_time_text(now),
        "leaseTransitions": transitions + (observed is not None and not kept),
    }


def released(observed: Observed, now: datetime) -> Obj:
    """Returns the spec of a released Lease: no holder, so that any candidate may acquire it."""
    spec = observed.lease["spec"]
    return {
        **spec,
        "holderIdentity": "",
        "leaseDurationSeconds": 1,
        "renewTime": micro_time_text(now),
    }
