"""Everything that a decision about a KusciaTask may depend on, including the time.

`Seen` holds the objects as read from the cache. Its properties compute from them what transitions
need: the phase, the plan of what to create, and the status as it should be now.
"""

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
    """The phases of the machine. The last four are stored; Preparing is stored as Pending.

    Leftovers: objects of a deleted task are to be deleted. NEW: the task has no status yet.
    Preparing: the task's objects are being created.
    """

    LEFTOVERS = "Leftovers"
    NEW = ""
    PREPARING = "Preparing"
    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True)
class Seen:
    """A task, the objects that were created for it, and what is needed to create the rest."""

    now: datetime
    #: None if the task does not exist (any more). Then there are leftovers.
    task: Obj | None
    pods: tuple[Obj, ...] = ()
    services: tuple[Obj, ...] = ()
    config_maps: tuple[Obj, ...] = ()
    group: Obj | None = None
    #: The TaskResources of the group.
    resources: tuple[Obj, ...] = ()
    #: The objects of an earlier task of this name that have to be deleted.
    leftovers: tuple[tuple[Resource, Obj], ...] = ()
    #: Whether objects of an earlier task still exist, including those that are being deleted.
    predecessor: bool = False
    #: The API server's refusal to create an object of the task.
    refusal: Obstacle | None = None
    app_images: Mapping[str, Obj] = field(default_factory=dict)
    namespaces: frozenset[str] = frozenset()
    #: The domains of the task that belong to other clusters.
    partners: frozenset[str] = frozenset()
    #: The port numbers in use, by domain. They are looked up only while objects are created.
    taken: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def phase(self) -> str:
        """The phase of the machine: the stored phase, or one of those that are not stored."""
        if self.leftovers or self.task is None:
            return Phase.LEFTOVERS
        stored: str = self.status.get("phase") or Phase.NEW
        return Phase.PREPARING if stored == Phase.PENDING and not self.is_created else stored

    @property
    def stored(self) -> Obj:
        """The status as stored in the API."""
        return (self.task or {}).get("status") or {}

    @cached_property
    def status(self) -> Obj:
        """The stored status after repair (`mending`, RN-10); empty if the task is new."""
        return mended(self.stored, self.task["metadata"]["creationTimestamp"]) if self.task else {}

    def has_condition(self, kind: str) -> bool:
        """Returns whether the status has the condition of that type, and it is True."""
        return (condition_of({"status": self.status}, kind) or {}).get("status") == "True"

    @property
    def is_created(self) -> bool:
        """Whether all objects of the task were created (`record` has set ResourceCreated)."""
        return self.has_condition("ResourceCreated")

    @cached_property
    def plan(self) -> Plan | Obstacle:
        """The plan of the objects to create, or the obstacle that prevents it.

        Port numbers that the status or the pods have already are kept.
        """
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
        """The objects that were built before the spec was edited."""
        assert self.task is not None
        made = (*self.pods, *self.services, *self.config_maps)
        return [obj for obj in made if is_outdated(obj, self.task)]

    @property
    def may_create(self) -> bool:
        """Whether no older object has the name of an object that is to be created."""
        return not (self.predecessor or self.outdated)

    @property
    def made_at(self) -> datetime | None:
        """When the first pod or the group was created; None if there are none."""
        made = (*self.pods, *([self.group] if self.group else []))
        return earliest(obj["metadata"]["creationTimestamp"] for obj in made)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why not everything can be created: from the plan, else the API server's refusal."""
        return self.plan if isinstance(self.plan, Obstacle) else self.refusal

    @property
    def started(self) -> datetime:
        """The startTime of the task."""
        return time_from(self.status["startTime"])

    @property
    def lifecycle_seconds(self) -> int:
        """The lifecycle in seconds: of the group if it exists, else of the task's spec."""
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
        """Whether the group was created no later than the startTime of the task."""
        assert self.group is not None
        created = time_from(self.group["metadata"]["creationTimestamp"])
        return created <= self.started

    @property
    def group_phase(self) -> str:
        """The phase of the group; "" if there is none."""
        return group_phase(self.group) if self.group else ""

    @property
    def is_local(self) -> bool:
        """Whether any party of the group belongs to this cluster."""
        return bool(self.group and self.group["spec"].get("parties"))

    @property
    def unreserved(self) -> list[str]:
        """The keys of the parties that never reserved their resources in any round (VW-07)."""
        assert self.group is not None
        reserved = {_party_of(resource) for resource in self.resources if _was_reserved(resource)}
        parties = groups.parties_of(self.group)
        keys = {(p["domainID"], p.get("role") or ""): party_key(p) for p in parties}
        return [key for party, key in keys.items() if party not in reserved]

    @cached_property
    def pods_by_key(self) -> dict[str, Obj]:
        """The existing pods by `namespace/name`."""
        return {key_of(pod): pod for pod in self.pods}

    @cached_property
    def pod_statuses(self) -> dict[str, Obj]:
        """The podStatuses as they should be now (KT-078).

        There is an entry for each pod that the group lists. An entry outlives its pod.
        """
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
        """An entry with only the name for each pod that the group lists."""
        parties = (self.group or {"spec": {}})["spec"].get("parties") or ()
        return {
            f"{party['domainID']}/{pod['name']}": status.blank_pod_entry(party["domainID"], pod)
            for party in parties
            for pod in party.get("pods") or ()
        }

    @property
    def known_services(self) -> dict[str, Obj]:
        """The stored serviceStatuses, and a new entry for each service that has none."""
        there = {
            key_of(service): status.new_service_entry(service, self.pod_statuses)
            for service in self.services
        }
        return {**there, **(self.status.get("serviceStatuses") or {})}

    @cached_property
    def service_statuses(self) -> dict[str, Obj]:
        """The serviceStatuses as they should be now (KT-084). An entry outlives its service."""
        services = {key_of(service): service for service in self.services}
        return {
            key: status.service_entry(entry, services.get(key), self.pod_statuses)
            for key, entry in self.known_services.items()
        }

    @property
    def final_parties(self) -> list[Obj]:
        """The partyTaskStatus of a task that has ended.

        A party that is missing in the stored status has succeeded if the task has; else it is
        Pending, and closing the entry makes it Failed.
        """
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
        """The parties' entries, computed from their pods, and how many have to succeed."""
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
    """Returns whether the party has reserved in any round.

    A retry sets the condition Reserved to False, but its reason keeps the fact (TR-026).
    """
    reserved = condition_of(resource, "Reserved") or {}
    return reserved.get("status") == "True" or reserved.get("reason") == RETRY_AFTER_RESERVED
