"""An expected status document written from a status that was seen.

What differs from run to run becomes an operator: times, by their order; nodes, by their domain;
ports that were allocated; messages, which are everybody's own. The order is that of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

HEADER = "# Written from what was seen: read it, and take out what is not meant.\n"
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
#: What a time comes after, in its own entry.
_AFTER = {
    "completionTime": "startTime",
    "lastReconcileTime": "startTime",
    "lastTransitionTime": "startTime",
    "readyTime": ".createTime",
}
#: Conditions that only some implementations have.
_OWN_CONDITIONS = ("PortsAllocated",)


class Written(str):
    """A value as it stands in the file, such as `!node-of alice`."""

    __slots__ = ()


def write_status(status: Mapping[str, Any]) -> str:
    """The text of a document that this status matches, in the features' own names."""
    known = [key for key in _ORDER if key in status]
    return HEADER + "".join(line + "\n" for key in known for line in _field(key, status[key]))


def _field(key: str, value: Any) -> Iterator[str]:
    if key in ("podStatuses", "serviceStatuses"):
        yield f"{key}: !exact"
        for name, entry in sorted(value.items()):
            yield f"  {name}:"
            yield from (f"    {field}: {_scalar(each)}" for field, each in _entry(entry).items())
    elif key in ("conditions", "partyTaskStatus"):
        yield f"{key}:" + (" !exact" if key == "partyTaskStatus" else "")
        for item in value:
            if item.get("type") not in _OWN_CONDITIONS:
                yield f"  - {_flow(_entry(item))}"
    else:
        yield f"{key}: {_scalar(_general(key, value))}"


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    domain = entry.get("namespace", "")
    special = {"nodeName": Written(f"!node-of {domain}"), "terminationLog": Written("!re .+")}
    fields = sorted(entry, key=lambda key: (*_FIELDS, key).index(key))
    values = {key: special.get(key, _general(key, entry[key])) for key in fields}
    if "createTime" in entry and "startTime" in entry:
        values["startTime"] = Written("!time {after: .createTime}")
    return values


def _general(key: str, value: Any) -> Any:
    if key.endswith("Time"):
        after = _AFTER.get(key)
        return Written(f"!time {{after: {after}}}" if after else "!time")
    if key == "message":
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
