"""Services with pods of every sort, and the Endpoints and EndpointSlices that they come to have.

Recorded from kube-controller-manager 1.34 on 2026-12-01, of `--cluster controlplane`.

`play` creates each case in a namespace of its own, has it settle, changes it, and has it settle
again. `recorded_services.yaml` has what the real controllers wrote; `python -m
tests.apiserver.controllers KUBECONFIG services` records it again. Left out are uids, versions,
times, and the annotation by which kube-proxy measures how long a change took to arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuscia_conformance.kube.objects import Obj
from tests.apiserver.controllers.owners import Send, Settle

RECORDED = Path(__file__).parent / "recorded_services.yaml"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices"
NODE = "node-of-services"
#: A request: method, path within the namespace, body.
Request = tuple[str, str, Obj | None]


@dataclass(frozen=True)
class Case:
    """What exists, and the requests that change it after it has settled."""

    name: str
    objects: Sequence[tuple[str, Obj]]
    later: Sequence[Request] = ()


def _service(name: str = "web", **spec: Any) -> tuple[str, Obj]:
    metadata = {"name": name, "labels": {"made-by": "case"}}
    default = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    return "services", {"metadata": metadata, "spec": {**default, **spec}}


def _pod(name: str, number: int, *, ready: bool = True, **spec: Any) -> tuple[str, Obj]:
    """Returns a pod with the status that its kubelet would report; number 0 has no address."""
    ports = [
        {"name": each, "containerPort": port, "protocol": protocol}
        for each, port, protocol in spec.pop("ports", ())
    ]
    labels, phase = {"app": spec.pop("app", "web")}, spec.pop("phase", "Running")
    container = {"name": "c", "image": "i", "ports": ports}
    status: Obj = {"phase": phase, **_conditions(ready)}
    if number:
        ip = f"10.1.0.{number}"
        status |= {"podIP": ip, "podIPs": [{"ip": ip}]}
    pod = {"containers": [container], "nodeName": NODE, **spec}
    return "pods", {"metadata": {"name": name, "labels": labels}, "spec": pod, "status": status}


def _conditions(ready: bool) -> Obj:
    return {"conditions": [{"type": "Ready", "status": str(ready)}]}


def _becomes(name: str, ready: bool) -> Request:
    return "PATCH", f"pods/{name}/status", {"status": _conditions(ready)}


def _by_hand(name: str = "web") -> list[tuple[str, Obj]]:
    addresses = [{"ip": "10.9.0.1"}]
    subsets = [{"addresses": addresses, "ports": [{"port": 99}]}]
    labels = {"kubernetes.io/service-name": name}
    return [
        ("endpoints", {"metadata": {"name": name}, "subsets": subsets}),
        (
            "endpointslices",
            {
                "metadata": {"name": f"{name}-by-hand", "labels": labels},
                "addressType": "IPv4",
                "endpoints": [{"addresses": ["10.9.0.1"]}],
                "ports": [{"port": 99}],
            },
        ),
    ]


_ONE_POD = [_service(), _pod("a", 1)]
_TWO_PORTS = [{"name": "http", "port": 80, "targetPort": "web"}, {"name": "raw", "port": 81}]
_NO_ADDRESS: Obj = {"clusterIP": "None"}
_DELETE = {"propagationPolicy": "Background"}

CASES = (
    Case("no pods", [_service()], [("POST", "pods", _pod("a", 1)[1])]),
    Case(
        "pods that are ready, not ready, without an address, and of another app",
        [
            _service(),
            *(_pod("d", 4), _pod("a", 1), _pod("b", 2, ready=False), _pod("c", 0)),
            _pod("other", 5, app="other"),
        ],
        [_becomes("a", False), _becomes("b", True)],
    ),
    Case(
        "a named target port that is another number in each pod, and missing in one",
        [
            _service(ports=[{"name": "http", "port": 80, "targetPort": "web"}]),
            _pod("a", 1, ports=[("web", 8080, "TCP")]),
            _pod("b", 2, ports=[("web", 9090, "TCP")]),
            _pod("c", 3, ports=[("web", 8080, "UDP")]),
            _pod("d", 4, ports=[("web", 8080, "TCP")], ready=False),
        ],
        [("DELETE", "pods/b", {"gracePeriodSeconds": 0})],
    ),
    Case(
        "several ports, one of them missing in a pod",
        [
            _service(ports=[*_TWO_PORTS, {"name": "dns", "port": 53, "protocol": "UDP"}]),
            _pod("a", 1, ports=[("web", 8080, "TCP")]),
            _pod("b", 2),
        ],
    ),
    Case(
        "a target port that is a number, and a protocol of the application",
        [_service(ports=[{"port": 80, "targetPort": 8080, "appProtocol": "h2c"}]), _pod("a", 1)],
        [("PATCH", "services/web", {"spec": {"ports": [{"port": 80, "targetPort": 8081}]}})],
    ),
    Case(
        "pods that have ended",
        [_service(), _pod("a", 1, phase="Succeeded"), _pod("b", 2, phase="Failed"), _pod("c", 3)],
        [("PATCH", "pods/c/status", {"status": {"phase": "Succeeded", **_conditions(False)}})],
    ),
    Case(
        "pods that are being deleted",
        [_service(), _pod("a", 1), _pod("b", 2)],
        [("DELETE", "pods/a", None), _becomes("b", False), ("DELETE", "pods/b", None)],
    ),
    Case(
        "addresses published before pods are ready",
        [_service(publishNotReadyAddresses=True), _pod("a", 1), _pod("b", 2, ready=False)],
        [("DELETE", "pods/a", None)],
    ),
    Case(
        "a headless service without ports",
        [_service(ports=[], **_NO_ADDRESS), _pod("a", 1), _pod("b", 2, ready=False)],
        [("DELETE", "pods/a", {"gracePeriodSeconds": 0})],
    ),
    Case(
        "a headless service, and pods with host names",
        [
            _service(**_NO_ADDRESS),
            _pod("a", 1, hostname="one", subdomain="web"),
            _pod("b", 2, hostname="two", subdomain="other"),
        ],
    ),
    Case("a pod on a node that does not exist", [_service(), _pod("a", 1, nodeName="gone")]),
    Case("two services of one pod", [*_ONE_POD, _service("other")]),
    Case("a service for an external name", [_service(type="ExternalName", externalName="a.b")]),
    Case(
        "a service without a selector, whose endpoints were made by hand",
        [_service(selector=None), *_by_hand(), _pod("a", 1)],
        [_becomes("a", False), ("PATCH", "services/web", {"metadata": {"labels": {"x": "y"}}})],
    ),
    Case(
        "a service without a selector is deleted",
        [_service(selector=None), *_by_hand()],
        [("DELETE", "services/web", _DELETE)],
    ),
    Case("endpoints made by hand before the service", [*_by_hand(), *_ONE_POD]),
    Case("endpoints without a service", [*_by_hand(), _pod("a", 1)]),
    Case("a service is deleted", _ONE_POD, [("DELETE", "services/web", _DELETE)]),
    Case(
        "a service selects other pods",
        [*_ONE_POD, _pod("b", 2, app="other")],
        [("PATCH", "services/web", {"spec": {"selector": {"app": "other"}}})],
    ),
    Case(
        "a service loses its selector",
        _ONE_POD,
        [("PATCH", "services/web", {"spec": {"selector": None}}), _becomes("a", False)],
    ),
    Case(
        "a service gets a selector",
        [_service(selector=None), _pod("a", 1)],
        [("PATCH", "services/web", {"spec": {"selector": {"app": "web"}}})],
    ),
    Case(
        "a service gets other labels",
        _ONE_POD,
        [("PATCH", "services/web", {"metadata": {"labels": {"made-by": None, "x": "y"}}})],
    ),
    Case(
        "a pod gets other labels",
        _ONE_POD,
        [("PATCH", "pods/a", {"metadata": {"labels": {"app": "other"}}})],
    ),
    Case("endpoints are deleted", _ONE_POD, [("DELETE", "endpoints/web", _DELETE)]),
    Case("slices are deleted", _ONE_POD, [("DELETE", "endpointslices", None)]),
    Case(
        "endpoints are changed by hand",
        _ONE_POD,
        [("PATCH", "endpoints/web", {"subsets": _by_hand()[0][1]["subsets"]})],
    ),
)


def play(send: Send, settle: Settle) -> dict[str, dict[str, Obj]]:
    """Plays all cases on one server; returns what was written at first and after the changes."""
    send("POST", "/api/v1/nodes", {"metadata": {"name": NODE, "labels": _ZONE}})
    for number, case in enumerate(CASES):
        space = f"services-{number}"
        send("POST", "/api/v1/namespaces", {"metadata": {"name": space}})
        for plural, body in case.objects:
            _create(send, space, plural, body)
    settle(lambda: _found(send))
    first = _found(send)
    for number, case in enumerate(CASES):
        for each in case.later:
            _ask(send, f"services-{number}", *each)
    settle(lambda: _found(send))
    return {
        case.name: {"first": one, **({"later": other} if case.later else {})}
        for case, one, other in zip(CASES, first, _found(send), strict=True)
    }


_ZONE = {"topology.kubernetes.io/zone": "zone-1"}


def _path(space: str, path: str) -> str:
    if path.startswith("endpointslices"):
        return SLICES.format(space) + path.removeprefix("endpointslices")
    return f"/api/v1/namespaces/{space}/{path}"


def _ask(send: Send, space: str, method: str, path: str, body: Obj | None) -> None:
    if (method, path) == ("POST", "pods") and body:
        _create(send, space, path, body)
        return
    answer = send(method, _path(space, path), body)
    assert answer.get("status") != "Failure", answer


def _create(send: Send, space: str, plural: str, body: Obj) -> None:
    answer = send("POST", _path(space, plural), body)
    assert answer.get("status") != "Failure", answer
    if plural == "pods":
        path = f"pods/{body['metadata']['name']}/status"
        _ask(send, space, "PATCH", path, {"status": body["status"]})


def _found(send: Send) -> list[Obj]:
    return [_written(send, f"services-{number}") for number in range(len(CASES))]


def _written(send: Send, space: str) -> Obj:
    """Returns the Endpoints and slices of a namespace without what differs from run to run."""
    pods = send("GET", _path(space, "pods"), None)["items"]
    services = send("GET", _path(space, "services"), None)["items"]
    names = {each["metadata"]["uid"]: each["metadata"]["name"] for each in [*pods, *services]}
    endpoints = send("GET", _path(space, "endpoints"), None)["items"]
    slices = send("GET", _path(space, "endpointslices"), None)["items"]
    return {
        "endpoints": [_plain(each, names) for each in endpoints],
        "slices": sorted((_plain(each, names) for each in slices), key=str),
    }


#: What a version of an object says of itself that is of no interest here.
_OWN = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "namespace")
_CONTROLLER = "kube-controller-manager"
_TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"


def _plain(obj: Obj, names: dict[str, str]) -> Obj:
    metadata = {name: value for name, value in obj["metadata"].items() if name not in _OWN}
    authors = {each["manager"] for each in obj["metadata"].get("managedFields") or ()}
    metadata["managers"] = sorted(each if each == _CONTROLLER else "other" for each in authors)
    if "generateName" in metadata:
        del metadata["name"]
    annotations = metadata.pop("annotations", {})
    annotations.pop(_TRIGGER, None)
    rest = {name: obj[name] for name in obj if name not in ("kind", "apiVersion", "metadata")}
    found: Obj = _ordered({**metadata, "annotations": annotations, **rest}, names)
    return found


def _ordered(value: Any, names: dict[str, str]) -> Any:
    """Returns the value with lists in order, because Kubernetes orders some of them by a hash."""
    if isinstance(value, list):
        return sorted((_ordered(each, names) for each in value), key=str)
    if isinstance(value, dict):
        plain = {key: _ordered(value[key], names) for key in sorted(value)}
        if "uid" in plain:
            plain["uid"] = f"that of {names.get(plain['uid'], 'an object that is gone')}"
        plain.pop("namespace", None)
        return plain
    return value
