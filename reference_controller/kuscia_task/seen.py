"""Everything that a decision about a KusciaTask may depend on, the time included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from kuscia_conformance.kube.objects import Obj, Resource, condition_of, key_of, time_from, uid_of
from reference_controller.kuscia_task import group as groups
from reference_controller.kuscia_task import ports, status
from reference_controller.kuscia_task.mending import mended
from reference_controller.kuscia_task.outcome import Tally, partner_entry, party_entry, party_key
from reference_controller.kuscia_task.parties import build_kits, distinct, identity_of
from reference_controller.kuscia_task.plan import Plan, is_outdated
from reference_controller.kuscia_task.reasons import Obstacle
from reference_controller.task_resource.changes import RETRY_AFTER_RESERVED
from reference_controller.task_resource_group.seen import group_phase
from reference_controller.times import earliest, later


class Phase(StrEnum):
    """Where a task stands. The last four are stored; Preparing is stored as Pending."""

    LEFTOVERS = "Leftovers"
    NEW = ""
    PREPARING = "Preparing"
    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True)
class Seen:
    """A task, what was made for it, and what it is made of."""

    now: datetime
    #: None if there is no such task (any more): then there are leftovers.
    task: Obj | None
    pods: tuple[Obj, ...] = ()
    services: tuple[Obj, ...] = ()
    config_maps: tuple[Obj, ...] = ()
    group: Obj | None = None
    #: The TaskResources of the group.
    resources: tuple[Obj, ...] = ()
    #: What is to be deleted of an earlier task of this name.
    leftovers: tuple[tuple[Resource, Obj], ...] = ()
    #: Whether anything of an earlier task is still there, be it on its way out.
    predecessor: bool = False
    #: What the API has refused to create for the task.
    refusal: Obstacle | None = None
    app_images: Mapping[str, Obj] = field(default_factory=dict)
    namespaces: frozenset[str] = frozenset()
    #: Those of other clusters' domains.
    partners: frozenset[str] = frozenset()
    #: The ports in use, by domain; looked up only while some are to be allocated.
    taken: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def phase(self) -> str:
        if self.leftovers or self.task is None:
            return Phase.LEFTOVERS
        stored: str = self.status.get("phase") or Phase.NEW
        return Phase.PREPARING if stored == Phase.PENDING and not self.is_created else stored

    @property
    def stored(self) -> Obj:
        """The status as it stands there."""
        return (self.task or {}).get("status") or {}

    @cached_property
    def status(self) -> Obj:
        """The status as it must have been (RN-10); empty if the task has not been handled yet."""
        return mended(self.stored, self.task["metadata"]["creationTimestamp"]) if self.task else {}

    def has_condition(self, kind: str) -> bool:
        return (condition_of({"status": self.status}, kind) or {}).get("status") == "True"

    @property
    def is_created(self) -> bool:
        return self.has_condition("ResourceCreated")

    @cached_property
    def plan(self) -> Plan | Obstacle:
        """What is to be created; ports that the status has allocated are kept."""
        assert self.task is not None
        try:
            kits = build_kits(self.task, self.app_images, self.namespaces, self.partners)
            local = [kit for kit in kits if not kit.is_partner]
            known = {
                **ports.numbers(self.status.get("allocatedPorts") or ()),
                **ports.numbers_of(self.pods),
            }
            allocated = ports.allocate(uid_of(self.task), local, self.taken, known)
        except Obstacle as obstacle:
            return obstacle
        return Plan(self.task, kits, tuple(allocated))

    @property
    def outdated(self) -> list[Obj]:
        """What was made of the spec before it was edited."""
        assert self.task is not None
        made = (*self.pods, *self.services, *self.config_maps)
        return [obj for obj in made if is_outdated(obj, self.task)]

    @property
    def may_create(self) -> bool:
        """Whether nothing is in the way that has the names of what is to be created."""
        return not (self.predecessor or self.outdated)

    @property
    def made_at(self) -> datetime | None:
        """When the first thing was made for the task."""
        made = (*self.pods, *([self.group] if self.group else []))
        return earliest(obj["metadata"]["creationTimestamp"] for obj in made)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why not everything can be created: something of the task's, or the API's refusal."""
        return self.plan if isinstance(self.plan, Obstacle) else self.refusal

    @property
    def started(self) -> datetime:
        return time_from(self.status["startTime"])

    @property
    def lifecycle_seconds(self) -> int:
        if self.group:
            return int(self.group["spec"]["lifecycleSeconds"])
        assert self.task is not None
        return groups.lifecycle_seconds(self.task)

    @property
    def expires_at(self) -> datetime | None:
        """When the lifecycle is over (SC-04); None once resources are reserved.

        None too where the group, which counts from its own creation, says so itself. One
        that was made late, because the task had to wait, would say so too late.
        """
        if self.group and (self.group_phase == "Reserved" or self._group_is_prompt):
            return None
        return later(self.started, self.lifecycle_seconds)

    @property
    def _group_is_prompt(self) -> bool:
        """Whether both count from the same second."""
        assert self.group is not None
        created = time_from(self.group["metadata"]["creationTimestamp"])
        return created <= self.started

    @property
    def group_phase(self) -> str:
        return group_phase(self.group) if self.group else ""

    @property
    def is_local(self) -> bool:
        """Whether any party of the group is of this cluster."""
        return bool(self.group and self.group["spec"].get("parties"))

    @property
    def unreserved(self) -> list[str]:
        """The keys of the parties that never could reserve their resources (VW-07)."""
        assert self.group is not None
        reserved = {_party_of(resource) for resource in self.resources if _was_reserved(resource)}
        parties = groups.parties_of(self.group)
        keys = {(p["domainID"], p.get("role") or ""): party_key(p) for p in parties}
        return [key for party, key in keys.items() if party not in reserved]

    @cached_property
    def pods_by_key(self) -> dict[str, Obj]:
        return {key_of(pod): pod for pod in self.pods}

    @cached_property
    def pod_statuses(self) -> dict[str, Obj]:
        """The status' podStatuses, brought up to date; of those missing, what is still known."""
        known: dict[str, Obj] = self.status.get("podStatuses") or {}
        entries = {
            key: {**blank, **known.get(key, {}), **status.identity_of(blank)}
            for key, blank in self._listed_pods.items()
        }
        return {
            key: status.pod_entry(entry, self.pods_by_key.get(key))
            for key, entry in (entries or known).items()
        }

    @property
    def _listed_pods(self) -> dict[str, Obj]:
        """For each pod that the group lists an entry that says nothing yet."""
        parties = (self.group or {"spec": {}})["spec"].get("parties") or ()
        return {
            f"{party['domainID']}/{pod['name']}": status.blank_pod_entry(party["domainID"], pod)
            for party in parties
            for pod in party.get("pods") or ()
        }

    @property
    def known_services(self) -> dict[str, Obj]:
        """The status' serviceStatuses; of those missing, what their services say."""
        there = {
            key_of(service): status.new_service_entry(service, self.pod_statuses)
            for service in self.services
        }
        return {**there, **(self.status.get("serviceStatuses") or {})}

    @cached_property
    def service_statuses(self) -> dict[str, Obj]:
        services = {key_of(service): service for service in self.services}
        return {
            key: status.service_entry(entry, services.get(key), self.pod_statuses)
            for key, entry in self.known_services.items()
        }

    @property
    def final_parties(self) -> list[Obj]:
        """The parties of a task that has ended; those that the status has lost ended as it did."""
        assert self.task is not None
        known = {_identity(entry): entry for entry in self.status.get("partyTaskStatus") or ()}
        listed = groups.parties_of(self.group) if self.group else [*known.values()]
        lost = "Succeeded" if self.phase == Phase.SUCCEEDED else "Pending"
        return [
            known.get(_identity(party)) or {**identity_of(party), "phase": lost}
            for party in listed or distinct(self.task["spec"]["parties"])
        ]

    @cached_property
    def tally(self) -> Tally:
        """The parties as their pods are now."""
        assert self.group is not None
        known = {_identity(entry): entry for entry in self.status.get("partyTaskStatus") or ()}
        spec = self.group["spec"]
        local = (
            party_entry(known.get(_identity(party)), party, self.pod_statuses, self.pods_by_key)
            for party in spec.get("parties") or ()
        )
        partners = (
            partner_entry(known.get(_identity(party)), party)
            for party in spec.get("outOfControlledParties") or ()
        )
        return Tally((*local, *partners), spec["minReservedMembers"])


def _identity(party: Obj) -> tuple[str, str]:
    return party["domainID"], party.get("role") or ""


def _party_of(resource: Obj) -> tuple[str, str]:
    return resource["metadata"]["namespace"], resource["spec"].get("role") or ""


def _was_reserved(resource: Obj) -> bool:
    """Once is for ever: a retry only says why it is no longer so (scheduling.md TR-026)."""
    reserved = condition_of(resource, "Reserved") or {}
    return reserved.get("status") == "True" or reserved.get("reason") == RETRY_AFTER_RESERVED
