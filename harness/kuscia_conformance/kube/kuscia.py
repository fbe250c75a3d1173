"""The names of Kuscia's API: its resources, namespaces and labels.

The API server and the simulated nodes must not import this module: they know only Kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kuscia_conformance.kube.objects import (
    CONFIG_MAPS,
    DEFINITIONS,
    EVENTS,
    LEASES,
    NAMESPACES,
    NODES,
    PODS,
    RUNTIME_CLASSES,
    SERVICE_ACCOUNTS,
    SERVICES,
    Resource,
)

GROUP = "kuscia.secretflow"
#: The namespace of all KusciaTasks (kusciatask.md KT-021; the concept page's manifests).
TASK_NAMESPACE = "cross-domain"
#: The label that names a node's domain. Pods select their nodes by it.
DOMAIN_LABEL = f"{GROUP}/namespace"
#: The label of a domain's namespace; its value is `partner` if the domain is in another cluster.
ROLE_LABEL = f"{GROUP}/role"
PARTNER = "partner"
#: The label and the annotation of a pod that name its TaskResource: by uid, and by name.
TASK_RESOURCE_UID_LABEL = f"{GROUP}/task-resource-uid"
TASK_RESOURCE_ANNOTATION = f"{GROUP}/task-resource"

#: The phases of a KusciaTask and of a party in it; a pod has one more, Unknown.
TASK_PHASES = ("Pending", "Running", "Succeeded", "Failed")
GROUP_PHASES = ("Pending", "Creating", "Reserving", "Reserved", "ReserveFailed", "Failed")
TASK_RESOURCE_PHASES = (
    "Pending",
    "Reserving",
    "Reserved",
    "Schedulable",
    "ReserveFailed",
    "Failed",
)
#: The types of the conditions that a KusciaTask has by the concept page; others may be added.
TASK_CONDITIONS = ("ResourceCreated", "Running", "Success")

KUSCIA_TASKS = Resource(GROUP, "v1alpha1", "kusciatasks", "KusciaTask")
APP_IMAGES = Resource(GROUP, "v1alpha1", "appimages", "AppImage", namespaced=False)
TASK_RESOURCE_GROUPS = Resource(
    GROUP, "v1alpha1", "taskresourcegroups", "TaskResourceGroup", namespaced=False
)
TASK_RESOURCES = Resource(GROUP, "v1alpha1", "taskresources", "TaskResource")
DOMAINS = Resource(GROUP, "v1alpha1", "domains", "Domain", namespaced=False)

#: Kinds that have pods: a feature can write `the pods of "psi"` with the name of one.
HAVE_PODS = (KUSCIA_TASKS, TASK_RESOURCE_GROUPS, TASK_RESOURCES)

RESOURCES = (
    NAMESPACES,
    NODES,
    PODS,
    SERVICES,
    CONFIG_MAPS,
    SERVICE_ACCOUNTS,
    EVENTS,
    LEASES,
    RUNTIME_CLASSES,
    DEFINITIONS,
    KUSCIA_TASKS,
    APP_IMAGES,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
    DOMAINS,
)
_BY_KIND = {(resource.api_version, resource.kind): resource for resource in RESOURCES}


def resource_of(obj: Mapping[str, Any]) -> Resource | None:
    """Returns the resource of a manifest, by apiVersion and kind; None if the suite has none."""
    return _BY_KIND.get((obj.get("apiVersion", ""), obj.get("kind", "")))
