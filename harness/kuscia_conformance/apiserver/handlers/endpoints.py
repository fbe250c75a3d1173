"""The paths about the server itself: discovery, OpenAPI, version, health, and its log of writes."""

from __future__ import annotations

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.request import (
    Answer,
    Request,
    document,
    page_not_found,
    text,
)
from kuscia_conformance.apiserver.apimachinery.status_errors import method_not_allowed
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.apiserver.views import discovery, openapi
from kuscia_conformance.apiserver.views.accept import (
    DISCOVERY,
    JSON,
    ROUTED,
    negotiate,
    require_routed,
)
from kuscia_conformance.kube.objects import Obj

#: The latest writes and their authors, and the latest request of each client. Only this server has
#: these paths; failure reports use them.
WRITES, REQUESTS = "/debug/writes", "/debug/requests"
#: Cuts off the watches of all clients but those whose user agent begins with the parameter `spare`,
#: and lets them begin again (`storage.outage`). Only POST.
CUT_OFF, RESUME = "/debug/watches/cut-off", "/debug/watches/resume"
#: The health endpoints: the whole server, and those parts of kube-apiserver that exist here.
_HEALTHY = [
    f"/{whole}{part}"
    for whole in ("healthz", "livez", "readyz")
    for part in ("", "/ping", "/log", "/etcd")
]
_READ_ONLY = ("GET", "HEAD")


def answer(server: Server, request: Request) -> Answer | None:
    """Returns the answer, or None if the path is about resources."""
    words = request.path.strip("/").split("/")
    if words[0] in ("api", "apis"):
        most = 2 if words[0] == "api" else 3
        return _discovery(server, request, words) if len(words) <= most else None
    return _of_the_server(server, request, request.path.rstrip("/"))


def _of_the_server(server: Server, request: Request, path: str) -> Answer:
    if path == "/version":
        if request.method not in _READ_ONLY:
            raise method_not_allowed()
        require_routed(request.accept, (JSON,))
        return document(data.version())
    if path in _HEALTHY:
        return text("ok")
    if path.startswith("/debug/"):
        return _debug(server, request, path)
    if path == openapi.VERSION_2:
        return openapi.serve_version_2(request)
    if path.startswith(openapi.PREFIX):
        return openapi.serve(request, server.establishing.documents(), server.now())
    return page_not_found()


def _debug(server: Server, request: Request, path: str) -> Answer:
    if path == WRITES:
        return document({"writes": list(server.latest_writes())})
    if path == REQUESTS:
        return document({"requests": list(server.latest.values())})
    if path in (CUT_OFF, RESUME):
        return _order_outage(server, request, path)
    return page_not_found()


def _order_outage(server: Server, request: Request, path: str) -> Answer:
    if request.method != "POST":
        raise method_not_allowed()
    if path == CUT_OFF:
        server.outage.begin(server.store, request.query.get("spare", ""))
    else:
        server.outage.end(server.store)
    return document({"lasts": server.outage.lasts})


def _discovery(server: Server, request: Request, words: list[str]) -> Answer:
    if request.method not in _READ_ONLY:
        raise method_not_allowed()
    transforms = DISCOVERY if len(words) == 1 else frozenset()
    # As in kube-apiserver, the route of `/apis` does not check the Accept header.
    routed = () if words == ["apis"] else ROUTED
    accepted = negotiate(request.accept, transforms, routed)
    kinds = server.registry.all()
    if accepted.kind:
        found = discovery.aggregated(kinds, core=words[0] == "api")
        answer = document(found, ETag=discovery.etag(found), Vary="Accept")
        answer.content_type = discovery.AGGREGATED
        return answer
    plain = _plain_discovery(server, kinds, words)
    if plain is None:
        raise server.registry.nothing_of("" if words[0] == "api" else words[1])
    return document(plain)


def _plain_discovery(server: Server, kinds: list[Kind], words: list[str]) -> Obj | None:
    match words:
        case ["api"]:
            return discovery.api_versions(server.address)
        case ["apis"]:
            return discovery.api_group_list(kinds)
        case ["apis", group]:
            return discovery.api_group(kinds, group)
        case ["api", version]:
            return discovery.api_resource_list(kinds, "", version)
        case _:
            return discovery.api_resource_list(kinds, words[1], words[2])
