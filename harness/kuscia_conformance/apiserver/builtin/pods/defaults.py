"""Sets the defaults in the spec of a pod. Works in place; a second call changes nothing.

`default_template` is for pods and for the pod templates of Deployments and other kinds.
`default_pod` adds what only a pod gets. The private functions are for containers, probes and
volumes. Other kinds use `put` and `put_absent` for their own defaults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kuscia_conformance.apiserver.builtin.quantities import round_up
from kuscia_conformance.kube.objects import Obj


def put(part: Obj, defaults: Mapping[str, Any]) -> None:
    """Sets the fields that are missing or empty.

    An empty text or zero counts as missing, because Go cannot tell the two apart.
    """
    for key, value in defaults.items():
        if not part.get(key):
            part[key] = value


def put_absent(part: Obj, defaults: Mapping[str, Any]) -> None:
    """Sets the fields that are missing or null. Zero and false are kept: Go has pointers there."""
    for key, value in defaults.items():
        if part.get(key) is None:
            part[key] = value


_SPEC: Final = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
}


def default_template(spec: Obj) -> None:
    """Sets the defaults that pods and pod templates share."""
    put(spec, _SPEC)
    put_absent(spec, {"terminationGracePeriodSeconds": 30, "securityContext": {}})
    if spec["terminationGracePeriodSeconds"] < 0:
        spec["terminationGracePeriodSeconds"] = 1
    if account := spec.get("serviceAccountName") or spec.get("serviceAccount"):
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    for container in containers_of(spec):
        _container(container)
    _only_sidecars(spec)
    for volume in spec.get("volumes") or ():
        _volume(volume)
    for constraint in spec.get("topologySpreadConstraints") or ():
        put(constraint, {"whenUnsatisfiable": "DoNotSchedule"})


def default_pod(spec: Obj) -> None:
    """Sets the defaults of a pod, which include its requests and host ports."""
    default_template(spec)
    put_absent(spec, {"enableServiceLinks": True})
    for container in containers_of(spec):
        _requests(container["resources"])
        if spec.get("hostNetwork"):
            for port in container.get("ports") or ():
                put(port, {"hostPort": port.get("containerPort", 0)})
    if resources := spec.get("resources"):
        _pod_resources(resources, spec)


def _only_sidecars(spec: Obj) -> None:
    """Removes each restartPolicy that is not allowed: only init containers have one, `Always`."""
    for container in spec.get("initContainers") or ():
        if container.get("restartPolicy") != "Always":
            container.pop("restartPolicy", None)
    for container in spec.get("containers") or ():
        container.pop("restartPolicy", None)


def containers_of(spec: Obj) -> Iterator[Obj]:
    """Yields the init containers, the containers and the ephemeral containers of a pod."""
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()
    yield from spec.get("ephemeralContainers") or ()


_CONTAINER: Final = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}


_is_repository: Final = re.compile(r"[a-z0-9]+([._-]+[a-z0-9]+)*").fullmatch


def _container(container: Obj) -> None:
    put(container, _CONTAINER)
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = _pull_policy(container.get("image", ""))
    put_absent(container, {"resources": {}})
    for part in ("limits", "requests"):
        if amounts := container["resources"].get(part):
            round_up(amounts)
    for port in container.get("ports") or ():
        put(port, {"protocol": "TCP"})
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        _field_reference(source.get("fieldRef"))
        if (amount := source.get("resourceFieldRef")) is not None:
            put(amount, {"divisor": "0"})
    _handlers(container)


def _handlers(container: Obj) -> None:
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if (probe := container.get(name)) is not None:
            put(probe, _PROBE)
            _handler(probe)
    lifecycle = container.get("lifecycle") or {}
    for name in ("postStart", "preStop"):
        if handler := lifecycle.get(name):
            _handler(handler)


_PROBE: Final = {
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
}


def _pull_policy(image: str) -> str:
    """Returns `Always` for an image without a tag or with the tag `latest`, else `IfNotPresent`.

    A digest, or a text that is not the name of an image, gives `IfNotPresent`, too.
    """
    repository, _, tag = image.rpartition("/")[2].partition(":")
    if "@" in image or not _is_repository(repository):
        return "IfNotPresent"
    return "IfNotPresent" if tag and tag != "latest" else "Always"


def _field_reference(reference: Obj | None) -> None:
    if reference is not None:
        put(reference, {"apiVersion": "v1"})


def _handler(handler: Obj) -> None:
    if get := handler.get("httpGet"):
        put(get, {"path": "/", "scheme": "HTTP"})
    if (grpc := handler.get("grpc")) and grpc.get("service") is None:
        grpc["service"] = ""


def _requests(resources: Obj) -> None:
    """Sets each missing request to the limit of the same resource."""
    limits = resources.get("limits")
    if limits:
        resources["requests"] = {**limits, **(resources.get("requests") or {})}


def _pod_resources(resources: Obj, spec: Obj) -> None:
    """Sets the pod's missing requests to its limits, but not where a container has a request."""
    for part in ("limits", "requests"):
        if resources.get(part):
            round_up(resources[part])
    wanted = {
        name: value
        for name, value in (resources.get("limits") or {}).items()
        if name not in (resources.get("requests") or {})
        and not any(_asks_for(container, name) for container in spec.get("containers") or ())
    }
    if wanted:
        resources["requests"] = {**wanted, **(resources.get("requests") or {})}


def _asks_for(container: Obj, name: str) -> bool:
    return name in (container["resources"].get("requests") or {})


def _volume(volume: Obj) -> None:
    sources = [kind for kind in volume if kind != "name" and volume[kind] is not None]
    if not sources:
        volume["emptyDir"] = {}
    for kind in sources:
        if complete := _VOLUMES.get(kind):
            complete(volume[kind])


def _with_mode(source: Obj) -> None:
    put_absent(source, {"defaultMode": 0o644})


def _downward(source: Obj) -> None:
    _with_mode(source)
    for item in source.get("items") or ():
        _field_reference(item.get("fieldRef"))


def _projected(source: Obj) -> None:
    _with_mode(source)
    for part in source.get("sources") or ():
        if token := part.get("serviceAccountToken"):
            put_absent(token, {"expirationSeconds": 3600})
        for item in (part.get("downwardAPI") or {}).get("items") or ():
            _field_reference(item.get("fieldRef"))


def _host_path(source: Obj) -> None:
    source.setdefault("type", "")


def _iscsi(source: Obj) -> None:
    put(source, {"iscsiInterface": "default"})


def _rbd(source: Obj) -> None:
    put(source, {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"})


def _ephemeral(source: Obj) -> None:
    if template := source.get("volumeClaimTemplate"):
        put(template["spec"], {"volumeMode": "Filesystem"})
        template.setdefault("metadata", {})


_VOLUMES: Final[Mapping[str, Callable[[Obj], None]]] = {
    "configMap": _with_mode,
    "secret": _with_mode,
    "downwardAPI": _downward,
    "projected": _projected,
    "hostPath": _host_path,
    "iscsi": _iscsi,
    "rbd": _rbd,
    "ephemeral": _ephemeral,
}
