"""Selects the parts of a watch event that the kubelet decides, without random values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from kuscia_conformance.kube.client import Event
from kuscia_conformance.kube.objects import Obj

#: Fields left out of a recording: the server writes them, or other fields contain the same.
DROPPED = {"observedGeneration", "podIPs", "hostIPs", "resources", "allocatedResources"}
DROPPED |= {"volumeMounts", "user", "name", "type"}
#: Fields of which only the presence is compared, because the value differs from run to run.
VEILED = {
    "startTime": "<time>",
    "startedAt": "<time>",
    "finishedAt": "<time>",
    "lastTransitionTime": None,
    "lastProbeTime": None,
    "containerID": "<id>",
    "imageID": "<id>",
    "podIP": "<ip>",
    "hostIP": "<ip>",
}
#: Texts that depend on the container runtime, the pod's uid, or the size of the machine.
MACHINES_WORDS = (
    (re.compile(r'(failed to pull and unpack image "[^"]+": ).*', re.S), r"\1<why>"),
    (re.compile(r"(failed to create containerd task: ).*", re.S), r"\1<why>"),
    (re.compile(r"_default\([0-9a-f-]{36}\)"), "_default(<uid>)"),
    (re.compile(r"used: \d+, capacity: \d+"), "used: <number>, capacity: <number>"),
)


def fact(event: Event) -> Obj:
    """Returns the event as a document of a recording."""
    metadata, status = event.object["metadata"], event.object.get("status") or {}
    found: Obj = {"type": event.type}
    found |= kept({key: value for key, value in status.items() if not isinstance(value, list)})
    if "deletionTimestamp" in metadata:
        found["deletionGracePeriodSeconds"] = metadata["deletionGracePeriodSeconds"]
        # A real kubelet drops the address at a varying point of the deletion.
        found.pop("podIP", None)
    for field, key in (("conditions", "type"), ("containerStatuses", "name")):
        if entries := status.get(field):
            found[field] = {entry[key]: kept(_settled(entry)) for entry in entries}
    return found


def distinct(facts: Iterable[Obj]) -> list[Obj]:
    """Returns the facts without those that equal the one before."""
    return [state for state, _ in groupby(facts)]


def _settled(entry: Obj) -> Obj:
    """Drops lastState of an ended container: the kubelet's garbage collection removes it later."""
    ended = "terminated" in entry.get("state", ())
    return {key: value for key, value in entry.items() if not (ended and key == "lastState")}


def kept(value: Any) -> Any:
    """Returns the value without DROPPED fields, and with the values of VEILED fields replaced."""
    if isinstance(value, str):
        return _plain(value)
    if not isinstance(value, dict):
        return value
    pairs = {
        key: VEILED[key] if part and key in VEILED else kept(part)
        for key, part in value.items()
        if key not in DROPPED
    }
    return {key: part for key, part in sorted(pairs.items()) if part not in (None, {}, "")}


def _plain(text: str) -> str:
    for pattern, words in MACHINES_WORDS:
        text = pattern.sub(words, text)
    return text.removeprefix("docker.io/library/")


def contains(found: Any, wanted: Any) -> bool:
    """Tells whether `found` contains everything in `wanted`."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and contains(found[key], part) for key, part in wanted.items()
        )
    return bool(found == wanted)
