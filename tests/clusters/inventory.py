"""What a cluster holds: every object of every kind, and what nodes and definitions say."""

import json
from contextlib import suppress

from kuscia_conformance.clusters.preparing import list_when_ready
from kuscia_conformance.errors import NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.objects import Resource, key_of

#: What changes by itself, whoever is on the cluster.
LEFT_OUT = {
    "events": "they tell of what happened, and lapse by themselves",
    "componentstatuses": "no objects: they say how components are at the moment",
}
#: Kinds of which the content counts, too: the suite changes objects that are not its own.
CONTENT = ("nodes", "customresourcedefinitions", "namespaces")
#: Fields that change by themselves: a kubelet's heartbeat, and marks of each writing.
BY_ITSELF = ("lastHeartbeatTime", "resourceVersion", "managedFields", "generation")


async def inventory(kubeconfig):
    """A mapping from each object to what counts of it."""
    found = {}
    async with Api(read_access(kubeconfig), "inventory") as api:
        for kind in await _kinds(api):
            # A definition that is going is still told of for a moment.
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
    """Other versions show the same objects."""
    return group["name"], group["preferredVersion"]["version"]


def _is_listed(kind):
    return "list" in kind.get("verbs", ()) and kind["name"] not in LEFT_OUT


def _steady(value):
    if isinstance(value, list):
        return [_steady(item) for item in value]
    if isinstance(value, dict):
        return {key: _steady(item) for key, item in value.items() if key not in BY_ITSELF}
    return value
