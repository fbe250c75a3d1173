"""What a container sees: its environment variables, and the files that are mounted.

Both follow from the pod, its node, and the config maps and secrets that `sources` names. Files and
variables of the image are not known.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kuscia_conformance.kube.objects import CONFIG_MAPS, Obj, Resource, name_of, quantity
from kuscia_conformance.simulated_nodes.references import SECRETS, Reference

#: The fields of a Pod that name a config map or a secret.
_KINDS: Mapping[str, Resource] = {
    **dict.fromkeys(("configMap", "configMapRef", "configMapKeyRef"), CONFIG_MAPS),
    **dict.fromkeys(("secret", "secretRef", "secretKeyRef"), SECRETS),
}
#: The PATH that the container runtime sets if the image does not.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KEYED = re.compile(r"metadata\.(labels|annotations)\['(.+)'\]")
_REFERENCE = re.compile(r"\$(?:\$|\(([^)\s]+)\))")


@dataclass(frozen=True)
class Place:
    """A container, its pod and node, and those of the objects it refers to that exist."""

    pod: Obj
    container: Obj
    node: Obj
    found: Mapping[Reference, Obj]

    def content(self, field: str, source: Obj) -> dict[str, str]:
        """Returns the keys and values of a config map or secret; {} if it does not exist.

        `source` names the object, `field` is the field of the Pod in which `source` was found.
        """
        obj = self.found.get(_reference(field, source), {})
        data: dict[str, str] = obj.get("data") or {}
        encoded = obj.get("binaryData") or {}
        if _KINDS[field] is SECRETS:
            data, encoded = {}, data
        return data | {key: _decoded(value) for key, value in encoded.items()}


def sources(pod: Obj, container: Obj) -> tuple[Reference, ...]:
    """Returns the config maps and secrets that the container or the pod's volumes use."""
    parts = [pod["spec"].get("volumes"), container.get("env"), container.get("envFrom")]
    return tuple(dict.fromkeys(_sources(parts)))


def _sources(part: Any) -> Iterator[Reference]:
    if isinstance(part, list):
        for each in part:
            yield from _sources(each)
    elif isinstance(part, dict):
        for field, value in part.items():
            if field in _KINDS and isinstance(value, dict):
                yield _reference(field, value)
            else:
                yield from _sources(value)


def _reference(field: str, source: Obj) -> Reference:
    return Reference(_KINDS[field], str(source.get("name") or source.get("secretName", "")))


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode(errors="replace")


def hostname(pod: Obj) -> str:
    """Returns the host name within the pod: at most 63 characters, as Kubernetes cuts it."""
    return str(pod["spec"].get("hostname") or name_of(pod))[:63].rstrip("-.")


def environment(place: Place) -> dict[str, str]:
    """Returns the container's variables, without those that Kubernetes sets for services.

    `env` overrides `envFrom`, and both override PATH, HOSTNAME and HOME.
    """
    variables: dict[str, str] = {}
    for source in place.container.get("envFrom", ()):
        prefix = source.get("prefix", "")
        for field in _KINDS.keys() & source.keys():
            content = place.content(field, source[field])
            variables |= {prefix + key: value for key, value in content.items()}
    for entry in place.container.get("env", ()):
        value = _value(place, entry, variables)
        if value is not None:
            variables[entry["name"]] = value
    return {"PATH": _PATH, "HOSTNAME": hostname(place.pod), "HOME": "/root", **variables}


def _value(place: Place, entry: Obj, before: Mapping[str, str]) -> str | None:
    """Returns the value of an `env` entry; None if it refers to an optional key that is missing."""
    match entry.get("valueFrom"):
        case {"fieldRef": {"fieldPath": path}}:
            return field(place.pod, path)
        case {"resourceFieldRef": wanted}:
            return resource(place, wanted)
        case {"configMapKeyRef": source}:
            return place.content("configMapKeyRef", source).get(source["key"])
        case {"secretKeyRef": source}:
            return place.content("secretKeyRef", source).get(source["key"])
    return expanded(entry.get("value", ""), before)


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Replaces `$(NAME)` by the variable if it is known, and `$$` by `$`."""

    def value(found: re.Match[str]) -> str:
        return variables.get(found[1], found[0]) if found[1] else "$"

    return _REFERENCE.sub(value, text)


def field(pod: Obj, path: str) -> str:
    """Returns a field of the pod as the downward API gives it; empty if the field is not set."""
    if keyed := _KEYED.fullmatch(path):
        return str((pod["metadata"].get(keyed[1]) or {}).get(keyed[2], ""))
    value: Any = pod
    for part in path.split("."):
        value = value.get(part) or {}
    if path in ("metadata.labels", "metadata.annotations"):
        return "\n".join(f'{key}="{value[key]}"' for key in sorted(value))
    if isinstance(value, list):
        return ",".join(each["ip"] for each in value)
    return str(value or "")


def resource(place: Place, wanted: Obj) -> str:
    """Returns a request or limit as a multiple of the divisor, rounded up (`resourceFieldRef`).

    A missing limit is what the node can allocate; a missing request is 0.
    """
    named = [
        container
        for container in place.pod["spec"]["containers"]
        if container["name"] == wanted.get("containerName", place.container["name"])
    ]
    which, _, name = wanted["resource"].partition(".")
    declared = (named[0].get("resources") or {}).get(which) or {}
    room = place.node["status"]["allocatable"] if which == "limits" else {}
    amount = {**room, **declared}.get(name, 0)
    divisor = quantity(wanted.get("divisor") or 1) or 1
    return str(math.ceil(quantity(amount) / divisor))


def mount_points(place: Place) -> list[str]:
    """Returns the paths at which the container's volumes are mounted."""
    return [_trimmed(mount["mountPath"]) for mount in place.container.get("volumeMounts", ())]


def files(place: Place) -> dict[str, str]:
    """Returns the content of every mounted file, by its path in the container."""
    volumes = {volume["name"]: volume for volume in place.pod["spec"].get("volumes", ())}
    placed: dict[str, str] = {}
    for mount in place.container.get("volumeMounts", ()):
        for path, content in _volume(place, volumes.get(mount["name"], {})).items():
            inside = _below(path, mount.get("subPath", "").strip("/"))
            if inside is not None:
                placed[_trimmed(mount["mountPath"]) + inside] = content
    return placed


def _below(path: str, sub_path: str) -> str | None:
    """Returns the path of a volume's file below the mount point.

    Empty if `subPath` mounts this very file; None if the file is outside of `subPath`.
    """
    if path == sub_path:
        return ""
    start = f"{sub_path}/" if sub_path else ""
    return f"/{path.removeprefix(start)}" if path.startswith(start) else None


def _trimmed(path: str) -> str:
    return path.rstrip("/")


def _volume(place: Place, volume: Obj) -> dict[str, str]:
    """Returns the files of a volume, or of a source of a projected one, by their paths in it."""
    match volume:
        case {"projected": {"sources": parts}}:
            return {path: text for part in parts for path, text in _volume(place, part).items()}
        case {"downwardAPI": {"items": items}}:
            return {item["path"]: _downward(place, item) for item in items}
        case {"configMap": source}:
            return _chosen(place.content("configMap", source), source)
        case {"secret": source}:
            return _chosen(place.content("secret", source), source)
    return {}


def _chosen(content: dict[str, str], source: Obj) -> dict[str, str]:
    """Returns all keys as files, or if there are `items` only those, under their paths."""
    if "items" not in source:
        return content
    return {
        item["path"]: content[item["key"]] for item in source["items"] if item["key"] in content
    }


def _downward(place: Place, item: Obj) -> str:
    if "fieldRef" in item:
        return field(place.pod, item["fieldRef"]["fieldPath"])
    return resource(place, item["resourceFieldRef"])
