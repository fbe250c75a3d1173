"""Builds services of pods: one for each port of scope Cluster or Domain (section 6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kuscia_conformance.kube.objects import Obj, labels_of, owner_reference
from reference_controller import names
from reference_controller.kuscia_task import naming
from reference_controller.kuscia_task.parties import Kit, Port
from reference_controller.kuscia_task.plan import Plan


def build_services(plan: Plan, pods: Mapping[tuple[str, str], Obj]) -> Iterator[Obj]:
    """Yields every service of the task.

    `pods` are the task's pods by namespace and name. Each is the owner of its services.
    """
    for kit in plan.local:
        for name in kit.pods:
            for port in kit.ports:
                if port.has_service:
                    yield _service(plan, kit, pods[kit.domain, name], name, port)


def _service(plan: Plan, kit: Kit, pod: Obj, pod_name: str, port: Port) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": naming.service_name(pod_name, port.name),
            "namespace": kit.domain,
            "labels": _labels(plan, port),
            "annotations": _annotations(plan, kit, port),
            "ownerReferences": [owner_reference(pod)],
        },
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            "selector": {names.POD_IDENTITY: labels_of(pod)[names.POD_IDENTITY]},
            "ports": [
                {
                    "name": port.name,
                    "port": plan.number(kit, pod_name, port),
                    "protocol": "TCP",
                    "targetPort": port.name,
                }
            ],
            "publishNotReadyAddresses": True,
        },
    }


def _labels(plan: Plan, port: Port) -> dict[str, str]:
    labels = {name: value for name, value in plan.labels.items() if name != names.CONTROLLER}
    balanced = {names.LOAD_BALANCER: "domainroute"} if port.scope == "Cluster" else {}
    return {**labels, names.PORT_NAME: port.name, names.PORT_SCOPE: port.scope, **balanced}


def _annotations(plan: Plan, kit: Kit, port: Port) -> dict[str, str]:
    limits = {
        names.BANDWIDTH_LIMIT + limit["destinationID"]: str(limit["limitKBps"])
        for limit in kit.party.get("bandwidthLimits") or ()
    }
    return {
        **plan.annotations,
        names.PROTOCOL: port.protocol,
        names.ACCESS_DOMAIN: ",".join(access_domains(plan.kits, kit, port)),
        **limits,
    }


def access_domains(kits: tuple[Kit, ...], kit: Kit, port: Port) -> list[str]:
    """Returns the domains that may reach the port, in the order of the parties (KT-145).

    Without a network policy these are all domains for a port of scope Cluster, else none. A policy
    names the roles that may reach a port. A task with one party needs no access from other domains.
    """
    if len(kits) == 1:
        return []
    policy = kit.template.get("networkPolicy")
    if not policy:
        return _domains(kits) if port.scope == "Cluster" else []
    roles = {
        role
        for ingress in policy.get("ingresses") or ()
        if any(allowed["port"] == port.name for allowed in ingress.get("ports") or ())
        for role in ingress["from"]["roles"]
    }
    return _domains(tuple(other for other in kits if other.role in roles))


def _domains(kits: tuple[Kit, ...]) -> list[str]:
    return list(dict.fromkeys(kit.domain for kit in kits))
