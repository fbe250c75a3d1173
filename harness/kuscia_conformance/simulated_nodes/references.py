"""Finds the config maps and secrets that a pod needs before it can start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kuscia_conformance.kube.objects import CONFIG_MAPS, Obj, Resource

SECRETS = Resource("", "v1", "secrets", "Secret")
#: The fields of a container that refer to a config map or a secret.
_BY_FIELD = {
    "configMapRef": CONFIG_MAPS,
    "secretRef": SECRETS,
    "configMapKeyRef": CONFIG_MAPS,
    "secretKeyRef": SECRETS,
}
_NOUNS = {"ConfigMap": "configmap", "Secret": "secret"}


@dataclass(frozen=True)
class Reference:
    """An object in the pod's namespace, or one key of the object."""

    resource: Resource
    name: str
    key: str = ""

    def lacks(self, namespace: str, found: Obj | None) -> str:
        """Returns the kubelet's message if the object or its key is missing, else an empty text.

        `found` is the object, or None if it does not exist.
        """
        kind = self.resource.kind
        if found is None:
            return f'{_NOUNS[kind]} "{self.name}" not found'
        if self.key and self.key not in {**found.get("data", {}), **found.get("binaryData", {})}:
            return f"couldn't find key {self.key} in {kind} {namespace}/{self.name}"
        return ""


def of_volumes(pod: Obj) -> tuple[Reference, ...]:
    """Returns what the pod's volumes need, without optional objects.

    Projected volumes are not looked at: their sources are assumed to exist.
    """
    return tuple(_of_volumes(pod))


def of_environment(container: Obj) -> tuple[Reference, ...]:
    """Returns what the `env` and `envFrom` of a container need, except optional ones."""
    sources = [*container.get("envFrom", ())]
    sources += [entry["valueFrom"] for entry in container.get("env", ()) if "valueFrom" in entry]
    return tuple(
        Reference(_BY_FIELD[field], source["name"], source.get("key", ""))
        for entry in sources
        for field, source in entry.items()
        if field in _BY_FIELD and not source.get("optional")
    )


def of_pod(pod: Obj) -> frozenset[Reference]:
    """Returns what the volumes and all containers of the pod need."""
    environment = (of_environment(container) for container in pod["spec"]["containers"])
    return frozenset(of_volumes(pod)).union(*environment)


def _of_volumes(pod: Obj) -> Iterator[Reference]:
    for volume in pod["spec"].get("volumes", ()):
        config_map, secret = volume.get("configMap"), volume.get("secret")
        source = config_map or secret or {"optional": True}
        if not source.get("optional"):
            resource = CONFIG_MAPS if config_map else SECRETS
            name = source["name"] if config_map else source["secretName"]
            yield Reference(resource, name)
            for item in source.get("items", ()):
                yield Reference(resource, name, item["key"])
