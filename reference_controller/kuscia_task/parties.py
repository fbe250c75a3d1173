"""The kits of a task: for each party its spec, its AppImage and its deploy template together.

Everything here is computed only from the task's spec, the AppImages and the namespaces. If a kit
cannot be built, the functions raise `Missing` or `Wrong` (both are an `Obstacle`, see `reasons`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kuscia_conformance.kube.objects import Obj, name_of
from reference_controller.kuscia_task import naming, templates
from reference_controller.kuscia_task.reasons import Missing, Reason, Wrong

#: The most pods of one party. A typing error must not flood a cluster; each pod needs a name.
MOST_REPLICAS = 10_000


_NOTHING: Obj = {"spec": {"containers": []}}


@dataclass(frozen=True)
class Port:
    """A port of a deploy template. `number` is None if the template does not declare a number."""

    name: str
    number: int | None
    protocol: str
    scope: str

    @property
    def has_service(self) -> bool:
        return self.scope in ("Cluster", "Domain")


@dataclass(frozen=True)
class Kit:
    """One party with all that it needs. `template` is the deploy template after merging."""

    party: Obj
    app_image: Obj
    template: Obj
    pods: tuple[str, ...]
    #: Whether its domain belongs to another cluster (kusciatask.md section 8). Nothing is created
    #: for such parties here.
    is_partner: bool = False

    @property
    def domain(self) -> str:
        return str(self.party["domainID"])

    @property
    def role(self) -> str:
        return str(self.party.get("role") or "")

    @property
    def label(self) -> str:
        """The name of the party in messages: `alice`, or `alice/host` with a role."""
        return label_of(self.party)

    @property
    def identity(self) -> Obj:
        """The fields that identify the party in a status: domainID, and role if it has one."""
        return identity_of(self.party)

    @property
    def containers(self) -> Sequence[Obj]:
        containers: Sequence[Obj] = self.template["spec"]["containers"]
        return containers

    @property
    def config_templates(self) -> dict[str, str]:
        return self.app_image["spec"].get("configTemplates") or {}

    @property
    def mounts_configuration(self) -> bool:
        """Whether the AppImage has config templates and a container mounts one."""
        return bool(self.config_templates) and any(
            container.get("configVolumeMounts") for container in self.containers
        )

    @property
    def min_reserved_pods(self) -> int:
        """The party's minReservedPods; the number of pods if it is absent, 0 or negative.

        It can be greater than the number of pods (KT-105); then the party fails.
        """
        asked = self.party.get("minReservedPods") or 0
        return asked if asked > 0 else len(self.pods)

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """The ports of all containers, in the order of the template."""
        return tuple(
            Port(
                name=port["name"],
                number=port.get("port") or None,
                protocol=port.get("protocol") or "HTTP",
                scope=port.get("scope") or "Local",
            )
            for container in self.containers
            for port in container.get("ports") or ()
        )


def identity_of(party: Obj) -> Obj:
    """Returns the fields that identify the party: domainID, and role if it has one."""
    role = {"role": party["role"]} if party.get("role") else {}
    return {"domainID": party["domainID"], **role}


def label_of(party: Obj) -> str:
    """Returns the name of the party in messages: `alice`, or `alice/host` with a role."""
    return "/".join(identity_of(party).values())


def distinct(parties: Sequence[Obj]) -> list[Obj]:
    """Of several parties with the same domain and role only the last counts (KT-107)."""
    return list({(p["domainID"], p.get("role") or ""): p for p in parties}.values())


def min_reserved_members(task: Obj) -> int:
    """Returns the spec's minReservedMembers; all parties if it is absent, 0 or negative.

    Raises Wrong if it is greater than the number of parties (SC-17).
    """
    total = len(distinct(task["spec"]["parties"]))
    asked = (task["spec"].get("scheduleConfig") or {}).get("minReservedMembers") or 0
    if asked > total:
        message = f"minReservedMembers is {asked}, but the task has {total} parties"
        raise Wrong(Reason.INVALID_SPEC, message)
    return asked if asked > 0 else total


def build_kits(
    task: Obj,
    app_images: Mapping[str, Obj],
    namespaces: Collection[str],
    partners: Collection[str] = (),
) -> tuple[Kit, ...]:
    """Returns a kit for each party, in the order of the spec.

    Raises Missing if an AppImage or a namespace does not exist (CR-09), and Wrong if the spec or
    an AppImage is invalid (CR-13; kusciatask.md KT-091 … KT-101). If all domains belong to other
    clusters, AppImages are not needed (KT-182).
    """
    parties = distinct(task["spec"]["parties"])
    if not parties:
        raise Wrong(Reason.INVALID_SPEC, "the task has no parties")
    min_reserved_members(task)
    if all(party["domainID"] in partners for party in parties):
        return tuple(Kit(party, {}, _NOTHING, (), is_partner=True) for party in parties)
    slugs = naming.role_slugs(parties)
    kits = []
    for party, slug in zip(parties, slugs, strict=True):
        if party["domainID"] not in namespaces:
            raise _missing_namespace(party)
        kit = _kit(name_of(task), party, slug, _app_image(party, app_images))
        kits.append(replace(kit, is_partner=party["domainID"] in partners))
    return tuple(kits)


def _missing_namespace(party: Obj) -> Missing:
    message = f'namespace "{party["domainID"]}" of party {label_of(party)} not found'
    return Missing(Reason.NAMESPACE_NOT_FOUND, message)


def _app_image(party: Obj, app_images: Mapping[str, Obj]) -> Obj:
    name = party["appImageRef"]
    if name not in app_images:
        message = f'AppImage "{name}" of party {label_of(party)} not found'
        raise Missing(Reason.APP_IMAGE_NOT_FOUND, message)
    return app_images[name]


def _kit(task: str, party: Obj, slug: str, app_image: Obj) -> Kit:
    role = party.get("role") or ""
    chosen = templates.choose(app_image["spec"].get("deployTemplates") or [], role)
    if chosen is None:
        message = f'AppImage "{name_of(app_image)}" has no deploy template for role "{role}"'
        raise Wrong(Reason.INVALID_APP_IMAGE, f"{message} of party {label_of(party)}")
    merged = templates.merge(chosen, party.get("template") or {})
    replicas = merged.get("replicas", 1)
    _check_replicas(party, replicas)
    kit = Kit(party, app_image, merged, naming.pod_names(task, role, slug, replicas))
    _check_ports(kit)
    return kit


def _check_replicas(party: Obj, replicas: int) -> None:
    if not 1 <= replicas <= MOST_REPLICAS:
        message = f"party {label_of(party)} has {replicas} replicas; it takes 1 to {MOST_REPLICAS}"
        raise Wrong(Reason.INVALID_SPEC, message)


def _check_ports(kit: Kit) -> None:
    names = [port.name for port in kit.ports]
    if twice := next((name for name in names if names.count(name) > 1), None):
        message = f'the deploy template of party {kit.label} has two ports "{twice}"'
        raise Wrong(Reason.INVALID_APP_IMAGE, message)
