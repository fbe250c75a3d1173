"""Telling pods how to end: the workload of every fixture waits to be told.

A real pod is told by a command in its container, which leaves a file that the workload
(`fixtures/workload/app`) sources; a simulated one by an annotation that its kubelet obeys.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import PODS, Obj, name_of, namespace_of

ORDER = "conformance.kuscia.secretflow/order"


@dataclass(frozen=True)
class Order:
    """How a container is to end."""

    exit_code: int = 0
    message: str = ""
    #: The container that is meant; without a name the first one.
    container: str = ""

    @property
    def script(self) -> str:
        """What the workload sources: writes the message and exits, in one move."""
        write = (
            f"printf %s {shlex.quote(self.message)} >/dev/termination-log; " if self.message else ""
        )
        ending = shlex.quote(f"{write}exit {self.exit_code}")
        return f"printf %s {ending} >/tmp/order && mv /tmp/order /tmp/exit"

    @property
    def annotation(self) -> str:
        return json.dumps({"exitCode": self.exit_code, "message": self.message})


def read_order(text: str) -> Order:
    """Returns the order that an annotation holds. ValueError if it holds none."""
    order = json.loads(text)
    if not isinstance(order, dict):
        raise ValueError(f"an order is a JSON object, not {text!r}")
    code = order.get("exitCode", 0)
    if not isinstance(code, int):
        raise ValueError(f"exitCode is a number, not {code!r}")
    return Order(code, str(order.get("message", "")), str(order.get("container", "")))


async def give(api: Api, pod: Obj, order: Order, *, simulated: bool) -> None:
    """Tell one pod, which runs, to end; `pod` has its real names."""
    if simulated:
        patch = {"metadata": {"annotations": {ORDER: order.annotation}}}
        await api.patch(PODS, name_of(pod), namespace_of(pod), patch)
        return
    for container in containers(pod):
        await api.exec(name_of(pod), namespace_of(pod) or "", container, ["sh", "-c", order.script])


def containers(pod: Obj) -> Iterable[str]:
    return [container["name"] for container in pod["spec"]["containers"]]
