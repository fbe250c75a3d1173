"""Lists every object of a cluster, to compare the cluster before and after a run.

For nodes, definitions and namespaces the content counts as well, except for fields that change
by themselves.
"""

import json
from contextlib import suppress

from kuscia_conformance.clusters.preparing import list_when_ready
from kuscia_conformance.errors import NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.objects import Resource, key_of

#: Kinds that change without any client, with the reason why they are left out.
LEFT_OUT = {
    "events": "they tell of what happened, and lapse by themselves",
    "componentstatuses": "no objects: they say how components are at the moment",
}
#: Kinds whose content is compared, too, because the suite changes such objects of other owners.
CONTENT = ("nodes", "customresourcedefinitions", "namespaces")
#: Fields that change by themselves: a kubelet's heartbeat, and fields that every write sets.
BY_ITSELF = ("lastHeartbeatTime", "resourceVersion", "managedFields", "generation")


async def inventory(kubeconfig):
    """Returns the compared content of each object by path; it is "" if only existence counts."""
    found = {}
    async with Api(read_access(kubeconfig), "inventory") as api:
        for kind in await _kinds(api):
            # A definition that is being deleted is still discovered for a moment.
            with suppress(NotFound):
                for obj in await list_when_ready(api, kind):
                    counts = kind.plural in CONTENT
                    content = json.dumps(_steady(obj), sort_keys=True) if counts else ""
                    found[f"{kind.path()} {key_of(obj)}"] = content
    return found


async def _kinds(api):
    groups = (await api.raw("/apis"))["groups"]
    kinds = []
    for group, version in [("", "v1"), *(_served(g) for g in groups)]:
        served = (await api.raw(f"/apis/{group}/{version}" if group else "/api/v1"))["resources"]
        listed = [kind for kind in served if _is_listed(kind)]
        kinds += [Resource(group, version, kind["name"], kind["kind"]) for kind in listed]
    return kinds


def _served(group):
    """Returns the preferred version; the other versions contain the same objects."""
    return group["name"], group["preferredVersion"]["version"]


def _is_listed(kind):
    return "list" in kind.get("verbs", ()) and kind["name"] not in LEFT_OUT


def _steady(value):
    if isinstance(value, list):
        return [_steady(item) for item in value]
    if isinstance(value, dict):
        return {key: _steady(item) for key, item in value.items() if key not in BY_ITSELF}
    return value
