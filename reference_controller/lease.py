"""Who of several candidates leads, as client-go decides it: from a Lease, purely.

A candidate never compares its clock with another's. It looks at whether the Lease has
changed, and when, by its own clock, it saw that: a Lease that has not changed for as long as it
says has lapsed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.objects import Obj, micro_time_text

#: client-go's, in seconds.
LEASE_DURATION, RENEW_DEADLINE, RETRY_PERIOD = 15, 10.0, 2.0

Step = Literal["acquire", "renew", "wait"]


@dataclass(frozen=True)
class Election:
    """Which Lease is held, and how, in seconds. UsageError if the times cannot be kept."""

    namespace: str
    name: str
    #: How long others wait after the last renewal that they saw.
    lease_duration: int = LEASE_DURATION
    #: How long the leader works on after the last renewal that succeeded.
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
    """A Lease, and since when it is known to read so (seconds of one's own clock)."""

    lease: Obj
    since: float

    @property
    def holder(self) -> str:
        return self.lease["spec"].get("holderIdentity") or ""

    def has_lapsed(self, now: float) -> bool:
        return now >= self.since + (self.lease["spec"].get("leaseDurationSeconds") or 0)


def observe(before: Observed | None, lease: Obj, now: float) -> Observed:
    """The Lease as it was just read; one that reads as before has its age."""
    same = before is not None and before.lease["spec"] == lease.get("spec", {})
    return Observed({"spec": {}, **lease}, before.since if before and same else now)


def decide(observed: Observed | None, me: str, now: float) -> Step:
    """What a candidate may do about the Lease; None is one that does not exist."""
    if observed is None or not observed.holder:
        return "acquire"
    if observed.holder == me:
        return "renew"
    return "acquire" if observed.has_lapsed(now) else "wait"


def held(observed: Observed | None, me: str, election: Election, now: datetime) -> Obj:
    """The spec of a Lease that is acquired or renewed; its times are for people only."""
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
    """The spec of a Lease that anybody may have at once."""
    spec = observed.lease["spec"]
    return {
        **spec,
        "holderIdentity": "",
        "leaseDurationSeconds": 1,
        "renewTime": micro_time_text(now),
    }
