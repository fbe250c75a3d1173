"""The objects of a new server and of each new namespace.

They have no uid and no resourceVersion: these are set when the objects are stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from kuscia_conformance.apiserver.builtin.priorities import SYSTEM
from kuscia_conformance.kube.objects import Obj, time_text

NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
#: The cluster IP of the service `kubernetes`.
ADDRESS: Final = "10.96.0.1"


def default_objects(now: datetime, port: int = 6443) -> list[Obj]:
    """Returns the objects that a new server has.

    These are the namespaces, their service accounts, the priority classes of the system, and the
    service `kubernetes`. `port` is the server's own port, to which that service forwards.
    """
    created = time_text(now)
    objects = [_namespace(name, created) for name in NAMESPACES]
    objects += [_priority_class(name, created) for name in SYSTEM]
    objects.append(_service(port, created))
    return objects + [service_account(name, now) for name in NAMESPACES]


def service_account(namespace: str, now: datetime) -> Obj:
    """Returns the service account `default` of a namespace."""
    metadata = {"name": "default", "namespace": namespace, "creationTimestamp": time_text(now)}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def _namespace(name: str, created: str) -> Obj:
    labels = {"kubernetes.io/metadata.name": name}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "creationTimestamp": created, "labels": labels},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


def _priority_class(name: str, created: str) -> Obj:
    value, description = SYSTEM[name]
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name, "creationTimestamp": created, "generation": 1},
        "value": value,
        "description": description,
        "preemptionPolicy": "PreemptLowerPriority",
    }


def _service(port: int, created: str) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "creationTimestamp": created,
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {
            "ports": [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": port}],
            "clusterIP": ADDRESS,
            "clusterIPs": [ADDRESS],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    }
