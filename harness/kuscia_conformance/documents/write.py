"""Writes an expected status document from a status that was seen, for `--update`.

Values that differ from run to run become operators:

    times              `!time`, with the time that comes before it, such as startTime
    nodes              `!node-of` with the domain
    allocated ports    `!between` with the range of ports
    messages           `!re .+`, because every implementation has its own words

`readyTime` is left out, because it depends on the moment at which the status was seen.

The fields have the order of Kuscia's own page about the status of a KusciaTask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import yaml

HEADER = "# Written from a status that was seen: read it, and delete what is not required.\n"
#: Where the original, and the reference, allocate ports (kusciatask.md KT-160).
ALLOCATED = (20000, 32766)
_ORDER = (
    "phase",
    "startTime",
    "completionTime",
    "lastReconcileTime",
    "reason",
    "message",
    "conditions",
    "partyTaskStatus",
    "podStatuses",
    "serviceStatuses",
)
#: The fields of an entry; others come after them.
_FIELDS = (
    *("type", "status", "lastTransitionTime", "domainID", "role", "phase", "namespace"),
    *("podName", "serviceName", "podPhase", "reason", "message", "terminationLog", "nodeName"),
    *("portName", "portNumber", "scope", "createTime", "startTime", "readyTime"),
)
#: The earlier time of each time: a field of the status, or with a dot, of its own entry. It is only
#: written if the status has it.
_AFTER = {
    "completionTime": "startTime",
    "lastReconcileTime": "startTime",
    "lastTransitionTime": "startTime",
    "startTime": ".createTime",
    "readyTime": ".createTime",
}
#: A pod or service may become ready before or after the moment at which the status was seen.
_RACY = ("readyTime",)
#: Conditions that only some implementations have; they are left out.
_OWN_CONDITIONS = ("PortsAllocated",)


class Written(str):
    """A text that is written into the file without quotes, such as `!node-of alice`."""

    __slots__ = ()


def write_status(status: Mapping[str, Any]) -> str:
    """Returns the text of a document that this status matches.

    `status` has the names of the feature. Empty fields are left out. Pods, services and parties are
    written with `!exact`, so that further ones are a mismatch.
    """
    seen = _filled(status)
    times = {"startTime"} & seen.keys()
    known = [key for key in _ORDER if key in seen]
    return HEADER + "".join(line + "\n" for key in known for line in _field(key, seen[key], times))


def _field(key: str, value: Any, times: Set[str]) -> Iterator[str]:
    if key in ("podStatuses", "serviceStatuses"):
        yield f"{key}: !exact"
        for name, entry in sorted(value.items()):
            yield f"  {name}:"
            fields = _entry(entry, times)
            yield from (f"    {field}: {_scalar(each)}" for field, each in fields.items())
    elif key in ("conditions", "partyTaskStatus"):
        yield f"{key}:" + (" !exact" if key == "partyTaskStatus" else "")
        for item in value:
            if item.get("type") not in _OWN_CONDITIONS:
                yield f"  - {_flow(_entry(item, times))}"
    else:
        yield f"{key}: {_scalar(_general(key, value, times))}"


def _entry(entry: Mapping[str, Any], times: Set[str]) -> dict[str, Any]:
    seen = _filled(entry)
    fields = sorted(seen.keys() - {*_RACY}, key=lambda key: (*_FIELDS, key).index(key))
    times = times | {".createTime"} if "createTime" in seen else times
    values = {key: _general(key, seen[key], times) for key in fields}
    if "nodeName" in seen:
        values["nodeName"] = Written(f"!node-of {seen.get('namespace', '')}")
    return values


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}


def _general(key: str, value: Any, times: Set[str]) -> Any:
    if key.endswith("Time"):
        after = _AFTER.get(key)
        return Written(f"!time {{after: {after}}}" if after in times else "!time")
    if key in ("message", "terminationLog"):
        return Written("!re .+")
    if key == "portNumber" and ALLOCATED[0] <= value <= ALLOCATED[1]:
        return Written(f"!between [{ALLOCATED[0]}, {ALLOCATED[1]}]")
    return value


def _flow(entry: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in entry.items()) + "}"


def _scalar(value: Any) -> str:
    if isinstance(value, Written):
        return value
    if value in ("True", "False"):  # a condition's status is a text
        return f'"{value}"'
    text: str = yaml.safe_dump(value, default_flow_style=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")
