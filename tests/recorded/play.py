"""Runs a pod on a cluster and records the events of a watch of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kuscia_conformance.errors import NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import resource_of
from kuscia_conformance.kube.objects import NODES, PODS, Obj, name_of, namespace_of
from kuscia_conformance.simulated_nodes.exit_order import Order, give
from tests.recorded.facts import contains, distinct, fact

HERE = Path(__file__).parent
NAMESPACE = "default"
#: The longest time of a pod, in seconds: two pauses of a crash loop and two pulls that fail.
LONGEST = 150
SLOT = "conformance.kuscia.secretflow/slot"


@dataclass(frozen=True)
class Play:
    """A pod, the actions on it, and the event that ends its recording."""

    name: str
    pod: Obj
    until: Any
    do: tuple[Obj, ...] = ()

    def on(self, node: str) -> Obj:
        """Returns the manifest with its nodeName set, so that no scheduler is needed."""
        spec = {
            "nodeName": node,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            **self.pod,
        }
        metadata = {"name": self.name, "namespace": NAMESPACE}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def plays() -> list[Play]:
    return [read(path) for path in sorted((HERE / "pods").glob("*.yaml"))]


def read(path: Path) -> Play:
    document = yaml.safe_load(path.read_text())
    return Play(path.stem, document["pod"], document["until"], tuple(document.get("do", ())))


def recording(name: str) -> Path:
    return HERE / "seen" / f"{name}.yaml"


def text(facts: list[Obj]) -> str:
    """Returns the text of a recording's file."""
    return yaml.safe_dump_all(facts, sort_keys=True, width=100)


async def give_room(api: Api, node: str) -> None:
    """Gives the node one slot, so that the pod that requests two does not fit."""
    room = {"capacity": {SLOT: "1"}, "allocatable": {SLOT: "1"}}
    await api.patch(NODES, node, None, {"status": room}, sub="status")


async def run(api: Api, play: Play, node: str, *, simulated: bool) -> list[Obj]:
    """Creates the pod, performs the actions of the play, and returns the facts in their order."""
    _, version = await api.list(PODS, NAMESPACE, fields=f"metadata.name={play.name}")
    created = [await api.create(PODS, play.on(node))]
    try:
        async with asyncio.timeout(LONGEST):
            return await _watch(api, play, version, created, simulated)
    finally:
        for obj in created:
            await _remove(api, obj)


async def _watch(
    api: Api, play: Play, version: str, created: list[Obj], simulated: bool
) -> list[Obj]:
    facts: list[Obj] = []
    to_do = list(play.do)
    watch = api.watch(PODS, NAMESPACE, version=version, fields=f"metadata.name={play.name}")
    async with aclosing(watch):
        async for event in watch:
            if event.type == "BOOKMARK":
                continue
            facts.append(fact(event))
            if to_do and contains(facts[-1], to_do[0]["when"]):
                created += await _do(api, event.object, to_do.pop(0), simulated)
            elif not to_do and _over(play, facts[-1]):
                break
    return distinct(facts)


def _over(play: Play, last: Obj) -> bool:
    return bool(last["type"] == "DELETED") if play.until == "gone" else contains(last, play.until)


async def _do(api: Api, pod: Obj, order: Obj, simulated: bool) -> list[Obj]:
    """Performs an action and returns the objects that it created."""
    match order:
        case {"delete": options}:
            grace = options["gracePeriodSeconds"]
            await api.delete(PODS, name_of(pod), NAMESPACE, grace_seconds=grace)
        case {"order": end}:
            await give(api, pod, Order(**end), simulated=simulated)
        case {"create": obj}:
            return [await api.create(_resource(obj), obj)]
    return []


async def _remove(api: Api, obj: Obj) -> None:
    try:
        await api.delete(_resource(obj), name_of(obj), namespace_of(obj), grace_seconds=0)
    except NotFound:
        return


def _resource(obj: Obj) -> Any:
    return resource_of({"apiVersion": "v1", "kind": "Pod", **obj})
