"""Validates containers: ports, variables, mounts, resources, probes.

`containers` is the entry. Each other function checks one part and yields its errors, in the order
in which the server reports them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    duplicate,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all
from kuscia_conformance.apiserver.builtin.names import (
    config_key,
    label,
    port_name,
    port_number,
    qualified_name,
    subdomain,
    variable_name,
)
from kuscia_conformance.apiserver.builtin.pods.probes import lifecycle, probes
from kuscia_conformance.apiserver.builtin.pods.resources import resources
from kuscia_conformance.apiserver.builtin.pods.volumes import relative_path
from kuscia_conformance.kube.objects import Obj

PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
#: Fields that can be the value of a variable.
_FIELDS: Final = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
#: Fields that exist, but cannot be the value of a variable.
_KNOWN_FIELDS: Final = (
    "metadata.labels",
    "metadata.annotations",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
)
_RESOURCES: Final = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)
_SOURCES: Final = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")


def containers(spec: Obj) -> Iterator[FieldError]:
    """Yields the errors in a pod's containers and init containers.

    A name may occur only once among all of them.
    """
    if not spec.get("containers"):
        yield required("spec.containers")
    taken: set[str] = set()
    host_ports: set[str] = set()
    for index, container in enumerate(spec.get("containers") or ()):
        at = f"spec.containers[{index}]"
        yield from _container(container, spec, at, taken)
        yield from probes(container, at)
        yield from lifecycle(container, spec, at)
        yield from _host_ports(container, at, host_ports)
    for index, container in enumerate(spec.get("initContainers") or ()):
        at = f"spec.initContainers[{index}]"
        yield from _container(container, spec, at, taken)
        yield from _init_only(container, spec, at)


def _container(container: Obj, spec: Obj, at: str, taken: set[str]) -> Iterator[FieldError]:
    name, image = container.get("name", ""), container.get("image", "")
    if not name:
        yield required(f"{at}.name")
    else:
        yield from invalid_all(f"{at}.name", name, label(name))
        if name in taken:
            yield duplicate(f"{at}.name", name)
        taken.add(name)
    if not image:
        yield required(f"{at}.image")
    elif image != image.strip():
        said = "must not have leading or trailing whitespace"
        yield invalid_value(f"{at}.image", image, said)
    yield from _choice(container, "terminationMessagePolicy", ("File", "FallbackToLogsOnError"), at)
    yield from _ports(container.get("ports") or [], spec, at)
    yield from _variables(container.get("env") or [], f"{at}.env")
    yield from _variable_sources(container.get("envFrom") or [], f"{at}.envFrom")
    yield from _mounts(container.get("volumeMounts") or [], spec, f"{at}.volumeMounts")
    yield from _devices(container.get("volumeDevices") or [], spec, f"{at}.volumeDevices")
    yield from _choice(container, "imagePullPolicy", ("Always", "IfNotPresent", "Never"), at)
    yield from resources(container.get("resources") or {}, f"{at}.resources")
    yield from _security(container.get("securityContext") or {}, f"{at}.securityContext")


def _choice(part: Obj, key: str, choices: tuple[str, ...], at: str) -> Iterator[FieldError]:
    if part.get(key) not in choices:
        yield not_supported(f"{at}.{key}", part.get(key, ""), choices)


def _init_only(container: Obj, spec: Obj, at: str) -> Iterator[FieldError]:
    """Checks that an init container has no probes and no lifecycle, unless it is a sidecar."""
    if container.get("restartPolicy") == "Always":
        yield from probes(container, at)
        yield from lifecycle(container, spec, at)
        return
    for key in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(key) is not None:
            said = "may not be set for init containers without restartPolicy=Always"
            yield forbidden_field(f"{at}.{key}", said)


def _ports(ports: list[Obj], spec: Obj, at: str) -> Iterator[FieldError]:
    names: set[str] = set()
    for index, port in enumerate(ports):
        yield from _port(port, f"{at}.ports[{index}]", names)
    for index, port in enumerate(ports):
        host = port.get("hostPort")
        if spec.get("hostNetwork") and host != port.get("containerPort", 0):
            said = "must match `containerPort` when `hostNetwork` is true"
            yield invalid_value(f"{at}.ports[{index}].hostPort", host, said)


def _port(port: Obj, at: str, names: set[str]) -> Iterator[FieldError]:
    if name := port.get("name"):
        if said := port_name(name):
            yield from invalid_all(f"{at}.name", name, said)
        elif name in names:
            yield duplicate(f"{at}.name", name)
        names.add(name)
    number = port.get("containerPort", 0)
    if not number:
        yield required(f"{at}.containerPort")
    else:
        yield from invalid_all(f"{at}.containerPort", number, port_number(number))
    if host := port.get("hostPort"):
        yield from invalid_all(f"{at}.hostPort", host, port_number(host))
    yield from _choice(port, "protocol", PROTOCOLS, at)


def _host_ports(container: Obj, at: str, taken: set[str]) -> Iterator[FieldError]:
    for index, port in enumerate(container.get("ports") or ()):
        if number := port.get("hostPort"):
            text = f"{port['protocol']}/{port.get('hostIP', '')}/{number}"
            if text in taken:
                yield duplicate(f"{at}.ports[{index}].hostPort", text)
            taken.add(text)


def _variables(variables: list[Obj], at: str) -> Iterator[FieldError]:
    for index, variable in enumerate(variables):
        place = f"{at}[{index}]"
        if not variable.get("name"):
            yield required(f"{place}.name")
        else:
            name = variable["name"]
            yield from invalid_all(f"{place}.name", name, variable_name(name))
        if variable.get("valueFrom") is not None:
            yield from _value_from(variable, f"{place}.valueFrom")


def _value_from(variable: Obj, at: str) -> Iterator[FieldError]:
    source = variable["valueFrom"]
    given = [key for key in _SOURCES if source.get(key) is not None]
    if reference := source.get("fieldRef"):
        yield from _field_path(reference.get("fieldPath", ""), f"{at}.fieldRef")
    if (resource := source.get("resourceFieldRef")) is not None:
        yield from _choice(resource, "resource", _RESOURCES, f"{at}.resourceFieldRef")
    for key in ("configMapKeyRef", "secretKeyRef"):
        if (reference := source.get(key)) is not None:
            yield from _key(reference, f"{at}.{key}")
    if not given:
        said = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or "
        yield invalid_value(at, "", f"{said}`secretKeyRef`")
    elif variable.get("value"):
        yield invalid_value(at, "", "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid_value(at, "", "may not have more than one field specified at a time")


def _field_path(path: str, at: str) -> Iterator[FieldError]:
    if not path:
        yield required(f"{at}.fieldPath")
        return
    whole, bracket, key = path.partition("['")
    if bracket and whole in ("metadata.labels", "metadata.annotations"):
        yield from invalid_all(at, key[:-2], qualified_name(key[:-2]))
        return
    if path not in _FIELDS and path not in _KNOWN_FIELDS:
        said = f"error converting fieldPath: field label not supported: {path}"
        yield invalid_value(f"{at}.fieldPath", path, said)
    elif path not in _FIELDS:
        yield not_supported(f"{at}.fieldPath", path, _FIELDS)


def _key(reference: Obj, at: str) -> Iterator[FieldError]:
    name, key = reference.get("name", ""), reference.get("key", "")
    yield from invalid_all(f"{at}.name", name, subdomain(name))
    if not key:
        yield required(f"{at}.key")
    else:
        yield from invalid_all(f"{at}.key", key, config_key(key))


def _variable_sources(sources: list[Obj], at: str) -> Iterator[FieldError]:
    for index, source in enumerate(sources):
        given = [key for key in ("configMapRef", "secretRef") if source.get(key) is not None]
        for key in given:
            name, place = source[key].get("name", ""), f"{at}[{index}].{key}.name"
            if not name:
                yield required(place)
            else:
                yield from invalid_all(place, name, subdomain(name))
        if not given:
            yield invalid_value(at, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(given) > 1:
            yield invalid_value(at, "", "may not have more than one field specified at a time")


def _mounts(mounts: list[Obj], spec: Obj, at: str) -> Iterator[FieldError]:
    volumes = {volume.get("name") for volume in spec.get("volumes") or ()}
    paths: set[str] = set()
    for index, mount in enumerate(mounts):
        place, name, path = f"{at}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            yield required(f"{place}.name")
        if name not in volumes:
            yield not_found_value(f"{place}.name", name)
        if not path:
            yield required(f"{place}.mountPath")
        if path in paths:
            yield invalid_value(f"{place}.mountPath", path, "must be unique")
        paths.add(path)
        if sub := mount.get("subPath"):
            # Kubernetes' field path has no index here.
            yield from relative_path(sub, f"{at}.subPath")


def _devices(devices: list[Obj], spec: Obj, at: str) -> Iterator[FieldError]:
    volumes = {volume.get("name"): volume for volume in spec.get("volumes") or ()}
    for index, device in enumerate(devices):
        field, name = f"{at}[{index}].name", device.get("name", "")
        if name not in volumes:
            yield not_found_value(field, name)
        elif not volumes[name].keys() & {"persistentVolumeClaim", "ephemeral"}:
            said = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block"
            yield invalid_value(field, name, f"{said} mode")


def not_found_value(field: str, value: Any) -> FieldError:
    """Returns the error for a reference to a name that the pod does not have."""
    return FieldError("FieldValueNotFound", f'Not found: "{value}"', field)


def _security(context: Obj, at: str) -> Iterator[FieldError]:
    for key in ("runAsUser", "runAsGroup"):
        yield from user_id(context.get(key), f"{at}.{key}")
    if context.get("allowPrivilegeEscalation") is False and context.get("privileged"):
        said = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        yield invalid_value(at, context, said)


def user_id(number: int | None, field: str) -> Iterator[FieldError]:
    """Yields an error if the id of a user or group is out of range; None is valid."""
    if number is not None and not 0 <= number < 2**31:
        yield invalid_value(field, number, "must be between 0 and 2147483647, inclusive")
