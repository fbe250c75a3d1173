"""Validates the volumes of a pod."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    duplicate,
    forbidden_field,
    invalid_value,
    not_supported,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import invalid_all
from kuscia_conformance.apiserver.builtin.names import label
from kuscia_conformance.apiserver.builtin.quantities import number
from kuscia_conformance.kube.objects import Obj

#: The types of a hostPath volume.
_HOST_PATHS: Final = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)


def volumes(spec: Obj) -> Iterator[FieldError]:
    """Yields the errors in the volumes of a pod's spec; their names must be unique."""
    taken: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        at, name = f"spec.volumes[{index}]", volume.get("name", "")
        yield from _source(volume, spec, at)
        if not name:
            yield required(f"{at}.name")
        elif said := label(name):
            yield from invalid_all(f"{at}.name", name, said)
        elif name in taken:
            yield duplicate(f"{at}.name", name)
        taken.add(name)


def _source(volume: Obj, spec: Obj, at: str) -> Iterator[FieldError]:
    kinds = [kind for kind in _KINDS if volume.get(kind) is not None]
    for kind in kinds[1:]:
        yield forbidden_field(f"{at}.{kind}", "may not specify more than 1 volume type")
    for kind in kinds[:1]:
        yield from _KINDS[kind](volume[kind], spec, f"{at}.{kind}")


def _empty_dir(source: Obj, _: Obj, at: str) -> Iterator[FieldError]:
    limit = source.get("sizeLimit")
    if limit is not None and number(limit) < 0:
        said = "SizeLimit field must be a valid resource quantity"
        yield forbidden_field(f"{at}.sizeLimit", said)


def _host_path(source: Obj, _: Obj, at: str) -> Iterator[FieldError]:
    path = source.get("path", "")
    if not path:
        yield required(f"{at}.path")
        return
    yield from _no_way_back(path, f"{at}.path")
    if source.get("type", "") not in _HOST_PATHS:
        yield not_supported(f"{at}.type", source["type"], _HOST_PATHS)


def _config_map(source: Obj, _: Obj, at: str) -> Iterator[FieldError]:
    if not source.get("name"):
        yield required(f"{at}.name")
    yield from _files(source, at)


def _secret(source: Obj, _: Obj, at: str) -> Iterator[FieldError]:
    if not source.get("secretName"):
        yield required(f"{at}.secretName")
    yield from _files(source, at)


def _claim(source: Obj, _: Obj, at: str) -> Iterator[FieldError]:
    if not source.get("claimName"):
        yield required(f"{at}.claimName")


def _downward(source: Obj, _: Obj, at: str) -> Iterator[FieldError]:
    yield from _mode(source.get("defaultMode"), f"{at}.defaultMode")


def _projected(source: Obj, spec: Obj, at: str) -> Iterator[FieldError]:
    yield from _mode(source.get("defaultMode"), f"{at}.defaultMode")
    for index, part in enumerate(source.get("sources") or ()):
        place = f"{at}.sources[{index}]"
        if part.get("serviceAccountToken") and not spec.get("serviceAccountName"):
            said = "must not be specified when serviceAccountName is not set"
            yield forbidden_field(f"{place}.serviceAccountToken", said)


def _other(_source: Obj, _spec: Obj, _at: str) -> Iterator[FieldError]:
    """Yields nothing: the sources of other volumes are not checked here."""
    yield from ()


_KINDS: Final[Mapping[str, Callable[[Obj, Obj, str], Iterator[FieldError]]]] = {
    "emptyDir": _empty_dir,
    "hostPath": _host_path,
    "gitRepo": _other,
    "secret": _secret,
    "nfs": _other,
    "iscsi": _other,
    "persistentVolumeClaim": _claim,
    "downwardAPI": _downward,
    "configMap": _config_map,
    "projected": _projected,
    "csi": _other,
    "ephemeral": _other,
    "image": _other,
}


def _files(source: Obj, at: str) -> Iterator[FieldError]:
    yield from _mode(source.get("defaultMode"), f"{at}.defaultMode")
    for index, item in enumerate(source.get("items") or ()):
        place = f"{at}.items[{index}]"
        if not item.get("key"):
            yield required(f"{place}.key")
        if not item.get("path"):
            yield required(f"{place}.path")
        else:
            yield from relative_path(item["path"], f"{place}.path")
        yield from _mode(item.get("mode"), f"{place}.mode")


def _mode(mode: int | None, field: str) -> Iterator[FieldError]:
    if mode is not None and not 0 <= mode <= 0o777:
        said = "must be a number between 0 and 0777 (octal), both inclusive"
        yield invalid_value(field, mode, said)


def relative_path(path: str, field: str) -> Iterator[FieldError]:
    """Yields an error if the path is absolute, and one if it has `..` in it."""
    if path.startswith("/"):
        yield invalid_value(field, path, "must be a relative path")
    yield from _no_way_back(path, field)


def _no_way_back(path: str, field: str) -> Iterator[FieldError]:
    if ".." in path.split("/"):
        yield invalid_value(field, path, "must not contain '..'")
