"""What of a watch event is kept: all that the kubelet decides, nothing that chance decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from kuscia_conformance.kube.client import Event
from kuscia_conformance.kube.objects import Obj

#: Left out of a recording: the server writes them, or they say the same in other words.
DROPPED = {"observedGeneration", "podIPs", "hostIPs", "resources", "allocatedResources"}
DROPPED |= {"volumeMounts", "user", "name", "type"}
#: Present or not is what counts; the value differs from run to run.
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
#: Words of the container runtime, of the pod's identity, and of the machine's size.
MACHINES_WORDS = (
    (re.compile(r'(failed to pull and unpack image "[^"]+": ).*', re.S), r"\1<why>"),
    (re.compile(r"(failed to create containerd task: ).*", re.S), r"\1<why>"),
    (re.compile(r"_default\([0-9a-f-]{36}\)"), "_default(<uid>)"),
    (re.compile(r"used: \d+, capacity: \d+"), "used: <number>, capacity: <number>"),
)


def fact(event: Event) -> Obj:
    """The event as a document of a recording."""
    metadata, status = event.object["metadata"], event.object.get("status") or {}
    found: Obj = {"type": event.type}
    found |= kept({key: value for key, value in status.items() if not isinstance(value, list)})
    if "deletionTimestamp" in metadata:
        found["deletionGracePeriodSeconds"] = metadata["deletionGracePeriodSeconds"]
        # A real kubelet forgets the address somewhere on the way, sooner or later.
        found.pop("podIP", None)
    for field, key in (("conditions", "type"), ("containerStatuses", "name")):
        if entries := status.get(field):
            found[field] = {entry[key]: kept(_settled(entry)) for entry in entries}
    return found


def distinct(facts: Iterable[Obj]) -> list[Obj]:
    """The facts without those that say again what the one before said."""
    return [state for state, _ in groupby(facts)]


def _settled(entry: Obj) -> Obj:
    """A container that has ended loses its last state whenever garbage is next collected."""
    ended = "terminated" in entry.get("state", ())
    return {key: value for key, value in entry.items() if not (ended and key == "lastState")}


def kept(value: Any) -> Any:
    """The value without what is dropped, with what varies veiled."""
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
    """Whether everything that is wanted stands in what was found."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and contains(found[key], part) for key, part in wanted.items()
        )
    return bool(found == wanted)
