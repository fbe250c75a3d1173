"""`pods/log` and `pods/exec`: requests that the pod's node answers (`kubelet.Kubelet`).

This module checks them and asks the kubelet. Transports send the result: `sockets`, `in_process`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from kuscia_conformance.apiserver.apimachinery.registry import Target, Unknown
from kuscia_conformance.apiserver.apimachinery.request import Answer, Request, text
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    StatusError,
    bad_request,
    no_such_resource,
)
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.kube.objects import Obj, name_of


@dataclass(frozen=True)
class Executed:
    """The output of a command (stdout), its complaints (stderr), and its end, as a Status."""

    output: bytes
    complaints: bytes
    status: Obj


def logs(server: Server, target: Target, request: Request) -> Answer:
    """Answers `pods/log`: the whole log, or its last `tailLines` lines.

    Answers 204 if the pod has no node yet. Raises StatusError (400) if the node has no log.
    """
    pod = in_version_object(target.kind, server.writer.require(target))
    container = _container(pod, request.query.get("container", ""))
    if not pod["spec"].get("nodeName"):
        return Answer(204, content_type="")
    try:
        printed = server.kubelet.logs(pod, container)
    except LookupError as error:
        raise bad_request(str(error.args[0])) from error
    tail = request.number("tailLines")
    if tail is not None:
        printed = "".join(printed.splitlines(keepends=True)[-tail:] if tail > 0 else [])
    return text(printed)


async def execute(server: Server, request: Request) -> Executed:
    """Runs the command of a `pods/exec` request, and returns its output and Status.

    Raises StatusError if the pod or the container does not exist, or the pod has no node. If the
    node cannot run the command, nothing is raised: the returned Status says why (500).
    """
    server.authenticate(request)
    pod, container, command = _asked(server, _target(server, request), request)
    try:
        code, output, complaints = await server.kubelet.run(pod, container, command)
    except LookupError as error:
        message = f"Internal error occurred: {error.args[0]}"
        return Executed(b"", b"", StatusError(500, "InternalError", message).status)
    return Executed(output.encode(), complaints.encode(), _status(code))


def _target(server: Server, request: Request) -> Target:
    try:
        target = server.registry.target(request.path)
    except Unknown:
        raise no_such_resource() from None
    if (target.kind.key, target.sub) != (("", "pods"), "exec"):
        raise bad_request("only pods/exec is spoken over a WebSocket")
    return target


def refuse_to_execute(server: Server, target: Target, request: Request) -> Answer:
    """Refuses `pods/exec` without a WebSocket, always with a StatusError.

    kubectl sends this request after its WebSocket was refused, to learn the reason.
    """
    _asked(server, target, request)
    raise bad_request("Upgrade request required")


def _asked(server: Server, target: Target, request: Request) -> tuple[Obj, str, list[str]]:
    """Returns the pod, its container, and the command to run there."""
    pod = in_version_object(target.kind, server.writer.require(target))
    query = parse_qs(request.query_string, keep_blank_values=True)
    container = _container(pod, query.get("container", [""])[0])
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    command = query.get("command", [])
    if not command:
        raise bad_request("you must specify at least 1 command")
    return pod, container, command


def _container(pod: Obj, asked: str) -> str:
    names = [container["name"] for container in pod["spec"]["containers"]]
    if not asked and len(names) > 1:
        raise bad_request(
            f"a container name must be specified for pod {name_of(pod)}, choose one of: "
            f"[{' '.join(names)}]"
        )
    if asked and asked not in names:
        raise bad_request(f"container {asked} is not valid for pod {name_of(pod)}")
    return asked or str(names[0])


def _status(code: int) -> Obj:
    status: dict[str, Any] = {"metadata": {}, "status": "Success" if not code else "Failure"}
    if code:
        cause = {"reason": "ExitCode", "message": str(code)}
        status["message"] = f"command terminated with non-zero exit code: exit code {code}"
        status["reason"] = "NonZeroExitCode"
        status["details"] = {"causes": [cause]}
    return status
