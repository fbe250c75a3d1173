"""Orders to pods: end, with this exit code and this termination message.

The workload of the fixtures (`fixtures/workload/app`) waits for an order. On a real node, a command
in each container writes a shell script that the workload sources. On a simulated node, an
annotation of the pod holds the order, and its kubelet obeys it.
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
    #: The name of the container; empty for all containers of the pod.
    container: str = ""

    @property
    def script(self) -> str:
        """The command that hands the order to a real container.

        It writes a script for the workload under another name and then renames it, so that the
        workload cannot source half of it.
        """
        write = (
            f"printf %s {shlex.quote(self.message)} >/dev/termination-log; " if self.message else ""
        )
        ending = shlex.quote(f"{write}exit {self.exit_code}")
        return f"printf %s {ending} >/tmp/order && mv /tmp/order /tmp/exit"

    @property
    def annotation(self) -> str:
        """The order as the value of the annotation `ORDER`; `container` is not part of it."""
        return json.dumps({"exitCode": self.exit_code, "message": self.message})


def read_order(text: str) -> Order:
    """Returns the order in the value of an annotation.

    Raises ValueError if the text is not a JSON object, or its exit code is not an integer.
    """
    order = json.loads(text)
    if not isinstance(order, dict):
        raise ValueError(f"an order must be a JSON object, not {text!r}")
    code = order.get("exitCode", 0)
    if not isinstance(code, int):
        raise ValueError(f"exitCode must be an integer, not {code!r}")
    return Order(code, str(order.get("message", "")), str(order.get("container", "")))


async def give(api: Api, pod: Obj, order: Order, *, simulated: bool) -> None:
    """Gives the order to a running pod; `pod` is the object in the cluster, with its real names."""
    if simulated:
        patch = {"metadata": {"annotations": {ORDER: order.annotation}}}
        await api.patch(PODS, name_of(pod), namespace_of(pod), patch)
        return
    for container in containers(pod):
        await api.exec(name_of(pod), namespace_of(pod) or "", container, ["sh", "-c", order.script])


def containers(pod: Obj) -> Iterable[str]:
    return [container["name"] for container in pod["spec"]["containers"]]
