"""Reads the text of one kubeconfig into `Fields`.

A value of the wrong type is an error here, as it is for kubectl, which decodes into Go structs.
Fields that kubectl does not know are ignored, and never looked at: so a document that is made to
grow when its aliases are followed does no harm.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kubeconfig.fields import Fields, fault, reason
from kuscia_conformance.kube.yaml import LOADER

#: The largest file that is read, in bytes. etcd's limit for an object is 1.5 MiB.
LARGEST = 8 * 1024 * 1024
#: The largest number of mappings and lists, one in another. A kubeconfig has six.
DEEPEST = 100
#: The largest number of values in a field whose content kubectl passes on, such as `extensions`.
MOST_VALUES = 10_000

_STRING_TAGS = ("str", "timestamp", "value")
#: kubectl's YAML has no numbers to the base of 60: `12:30` is a string.
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-9.]+)+")
#: Without quotes, kubectl's YAML takes these for true or false.
_SHORT_BOOLEANS = ("y", "Y", "n", "N")
_KINDS = {"int": "a number", "float": "a number", "bool": "true or false", "null": "null"}

_PLUGIN = {
    "command": str,
    "args": [str],
    "env": [{"name": str, "value": str}],
    "apiVersion": str,
    "installHint": str,
    "provideClusterInfo": bool,
    "interactiveMode": str,
}
_CLUSTER = {
    "server": str,
    "tls-server-name": str,
    "insecure-skip-tls-verify": bool,
    "certificate-authority": str,
    "certificate-authority-data": bytes,
    "proxy-url": str,
    "extensions": [{"name": str, "extension": object}],
}
_USER = {
    "client-certificate": str,
    "client-certificate-data": bytes,
    "client-key": str,
    "client-key-data": bytes,
    "token": str,
    "tokenFile": str,
    "as": str,
    "as-uid": str,
    "as-groups": [str],
    "as-user-extra": {None: [str]},
    "username": str,
    "password": str,
    "auth-provider": {"name": str},
    "exec": _PLUGIN,
}
#: The shape of a kubeconfig: a type, [the shape of each item], {key: shape of its value}, or
#: {None: the shape of each value}.
_CONFIG = {
    "kind": str,
    "apiVersion": str,
    "current-context": str,
    "clusters": [{"name": str, "cluster": _CLUSTER}],
    "users": [{"name": str, "user": _USER}],
    "contexts": [{"name": str, "context": {"cluster": str, "user": str, "namespace": str}}],
}


def read_fields(file: Path) -> Fields:
    """Returns the content of a kubeconfig. A file without content has no fields.

    The encoding may be UTF-8 or UTF-16, with a byte order mark. Raises UsageError, with file and
    line, if the file cannot be read, is not YAML, or has a value of the wrong type.
    """
    node = _node(file, _content(file))
    if node is None:
        return Fields(file, 1)
    if not isinstance(node, yaml.MappingNode):
        raise fault(file, _line(node), "this is not a kubeconfig: it is not a mapping")
    return _of_this_kind(_read(file, node, _CONFIG, ""))


def _of_this_kind(found: Fields) -> Fields:
    for key, known in (("kind", "Config"), ("apiVersion", "v1")):
        if found.get(key, known) != known:
            what = f"this is not a kubeconfig: its {key} is {found[key]!r}, and not {known!r}"
            raise found.fault(key, what)
    return found


def _content(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():
            kind = "a folder" if file.is_dir() else "a pipe or a device"
            raise fault(file, None, f"this is {kind}, and not a file", "name the kubeconfig's file")
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError as error:
        hint = "check the path; a cluster that is starting writes the file when it is ready"
        raise fault(file, None, "there is no such file", hint) from error
    except (OSError, ValueError) as error:
        raise fault(file, None, f"cannot read it: {reason(error)}") from error
    if len(content) > LARGEST:
        raise fault(file, None, f"this is no kubeconfig: it has more than {LARGEST} bytes")
    return content


def _node(file: Path, content: bytes) -> yaml.Node | None:
    """Returns the first document of a file, as kubectl does; None without one."""
    loader = None
    try:
        _require_shallow(file, content)
        loader = LOADER(content)
        return loader.get_node() if loader.check_node() else None
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        line = mark.line + 1 if mark else None
        raise fault(file, line, f"this is not YAML: {' '.join(str(what).split())}") from error
    finally:
        if loader is not None:
            loader.dispose()


def _require_shallow(file: Path, content: bytes) -> None:
    """Raises UsageError for deep values: the composers recurse, and libyaml's crashes Python."""
    depth = 0
    for event in yaml.parse(content, LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise fault(file, _line(event), f"there are more than {DEEPEST} levels of values")
        if isinstance(event, yaml.DocumentEndEvent):
            return


def _line(place: Any) -> int:
    """Returns the line of a node or an event of PyYAML."""
    return int(place.start_mark.line) + 1


def _kind(node: yaml.Node) -> str:
    """Returns the type of a value by its tag: str, int, float, bool, null, map or seq."""
    name = str(node.tag).rpartition(":")[2]
    if name == "str" and not getattr(node, "style", None) and node.value in _SHORT_BOOLEANS:
        return "bool"
    if name in _STRING_TAGS or (name in ("int", "float") and _SEXAGESIMAL.fullmatch(node.value)):
        return "str"
    return name


def _read(file: Path, node: yaml.Node, shape: Any, where: str) -> Any:
    """Returns the value of a node, or None for null. Raises UsageError for another shape."""
    if _kind(node) == "null":
        return None
    if isinstance(shape, dict):
        return _mapping(file, node, shape, where)
    if isinstance(shape, list):
        return _list(file, node, shape[0], where)
    return _anything(file, node, [0]) if shape is object else _scalar(file, node, shape, where)


def _mapping(file: Path, node: yaml.Node, shape: Mapping[Any, Any], where: str) -> Fields:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(file, node, where, "a mapping")
    found = Fields(file, _line(node))
    for name, value in node.value:
        if _kind(name) == "merge":
            raise fault(file, _line(name), "merge keys (<<) are not read: write the fields out")
        key = str(name.value)
        if (inner := shape.get(key, shape.get(None))) is None:
            continue
        got = _read(file, value, inner, f"{where}.{key}" if where else key)
        found.pop(key, None)
        found.lines[key] = _line(name)
        if got is not None:
            found[key] = got
    return found


def _list(file: Path, node: yaml.Node, shape: Any, where: str) -> list[Any]:
    if not isinstance(node, yaml.SequenceNode):
        raise _wrong(file, node, where, "a list")
    found = [_read(file, item, shape, f"{where}[{i}]") for i, item in enumerate(node.value)]
    return [Fields(file, _line(node)) if item is None else item for item in found]


def _scalar(file: Path, node: yaml.Node, shape: type, where: str) -> str | bool | bytes:
    if shape is bool:
        if _kind(node) != "bool":
            raise _wrong(file, node, where, "true or false")
        return str(node.value).lower() in ("true", "yes", "on", "y")
    if _kind(node) != "str":
        quotes = isinstance(node, yaml.ScalarNode)
        raise _wrong(file, node, where, "a string", "put it in quotes" if quotes else "")
    return _decoded(file, node, where) if shape is bytes else str(node.value)


def _decoded(file: Path, node: yaml.Node, where: str) -> bytes:
    text = str(node.value).replace("\n", "").replace("\r", "")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        what = f"{where} is not base64: {' '.join(str(error).split())}"
        raise fault(file, _line(node), what, "copy the value again, complete") from error


def _anything(file: Path, node: yaml.Node, count: list[int], depth: int = 0) -> Any:
    """Returns the value of a node of any type; `count` has how many there are so far."""
    count[0] += 1
    if count[0] > MOST_VALUES or depth > DEEPEST:
        raise fault(file, _line(node), f"there are more than {MOST_VALUES} values in this field")
    inside = depth + 1
    if isinstance(node, yaml.MappingNode):
        return {str(k.value): _anything(file, v, count, inside) for k, v in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_anything(file, item, count, inside) for item in node.value]
    return _plain_value(node)


def _plain_value(node: yaml.Node) -> Any:
    try:
        return yaml.safe_load(node.value) if _kind(node) in _KINDS else node.value
    except ValueError:  # a number with more digits than Python converts
        return node.value


def _wrong(file: Path, node: yaml.Node, where: str, wanted: str, hint: str = "") -> UsageError:
    kinds = {**_KINDS, "map": "a mapping", "seq": "a list", "str": "a string"}
    is_a = kinds.get(_kind(node), f"of the type {node.tag}")
    return fault(file, _line(node), f"{where} must be {wanted}, and is {is_a}", hint)
