"""Handlers for special subresources and for reviews.

Special subresources are not simply read and written (binding, eviction, exec, log, token, scale).
Reviews are kinds that answer a question and are not stored. `resources` calls `handler` for each
request; if it returns None, `resources` uses the ordinary verb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from kuscia_conformance.apiserver import data, fields
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.request import Answer, Request, document
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    bad_request,
    invalid,
    invalid_value,
    no_such_resource,
)
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.builtin.pods.strategy import bind
from kuscia_conformance.apiserver.handlers import pods, scale
from kuscia_conformance.apiserver.schema import check_types, type_of
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.apiserver.storage.list import in_version_object
from kuscia_conformance.apiserver.writes import decoding
from kuscia_conformance.apiserver.writes.delete import delete
from kuscia_conformance.apiserver.writes.identity import require_uid
from kuscia_conformance.apiserver.writes.options import DeleteOptions, WriteOptions, write_options
from kuscia_conformance.kube.objects import Obj, time_text

Handler = Callable[[Server, Target, Request], Answer]

#: Subresources that are read and written like the main object, with the HTTP methods they allow.
PLAIN: Mapping[str, tuple[str, ...]] = {
    "status": ("GET", "PUT", "PATCH"),
    "finalize": ("PUT",),
    "ephemeralcontainers": ("GET", "PUT", "PATCH"),
    "resize": ("GET", "PUT", "PATCH"),
}
#: The shortest token lifetime that a client may request, in seconds.
_SHORTEST_TOKEN = 600
_TOKENS_EXPIRE = datetime(2100, 1, 1, tzinfo=UTC)
_SUCCESS: Obj = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


def handler(target: Target, method: str) -> Handler | None:
    """Returns the special handler for this target and method, or None.

    For None the caller handles the request like one for an ordinary object, or refuses the method.
    """
    key = (target.kind.plural, target.sub)
    if target.kind.group in ("authentication.k8s.io", "authorization.k8s.io"):
        return review if method == "POST" else None
    if target.sub == "scale":
        return scale.HANDLERS.get(method)
    if method not in ("GET", "POST") or target.kind.group:
        return None
    return _HANDLERS.get((method, *key))


def binding(server: Server, target: Target, request: Request) -> Answer:
    """Binds a pod to a node.

    The path is `pods/NAME/binding`, or `bindings` with the pod's name in the body. Raises
    StatusError: 400 if the pod's name is missing, 404 if the pod does not exist, 409 if its uid is
    not the one in the body; also those of `write_options`, `_read` and `bind`.
    """
    options = write_options(request)
    obj = _read(target, request, "io.k8s.api.core.v1.Binding")
    name = target.name or obj["metadata"].get("name") or ""
    pod_kind = server.registry.find("", "v1", "pods")
    if pod_kind is None or not name:
        raise bad_request("a binding names its pod")
    pod_target = Target(pod_kind, target.namespace, name)
    stored = server.writer.require(pod_target)
    require_uid(pod_kind, stored, obj["metadata"].get("uid"))
    bound = bind(in_version_object(pod_kind, stored), obj, server.now())
    if not options.dry_run:
        server.writer.put(pod_kind, bound)
    return document({**_SUCCESS, "code": 201}, 201)


def evict(server: Server, target: Target, request: Request) -> Answer:
    """Answers POST `pods/NAME/eviction` by deleting the pod. Disruption budgets are not checked.

    Raises StatusError: 400 if the body names another pod, and those of `_read` and `delete`.
    """
    eviction = _read(target, request, "io.k8s.api.policy.v1.Eviction")
    if eviction["metadata"].get("name") not in (None, "", target.name):
        raise bad_request("name in URL does not match name in Eviction object")
    given = eviction.get("deleteOptions") or {}
    options = DeleteOptions(
        dry_run=bool(given.get("dryRun")), grace_seconds=given.get("gracePeriodSeconds")
    )
    delete(server.writer, Target(target.kind, target.namespace, target.name), options)
    return document({**_SUCCESS, "code": 201}, 201)


def issue_token(server: Server, target: Target, request: Request) -> Answer:
    """Creates a token for a service account.

    The token is valid as long as the server runs, whatever lifetime the client asks for. The answer
    says that it expires at the beginning of 2100. Raises StatusError: 404 if the service account
    does not exist, 422 if the client asks for less than 10 minutes, and those of `_read`.
    """
    server.writer.require(target)
    asked = _read(target, request, "io.k8s.api.authentication.v1.TokenRequest")
    seconds = (asked.get("spec") or {}).get("expirationSeconds")
    if seconds is not None and seconds < _SHORTEST_TOKEN:
        why = "may not specify a duration less than 10 minutes"
        cause = invalid_value("spec.expirationSeconds", seconds, why)
        raise invalid("authentication.k8s.io", "TokenRequest", "", [cause])
    token = f"embedded-{server.random.getrandbits(160):040x}"
    server.tokens[token] = f"system:serviceaccount:{target.namespace}:{target.name}"
    status = {"token": token, "expirationTimestamp": time_text(_TOKENS_EXPIRE)}
    return document({**asked, "status": status}, 201)


def _read(target: Target, request: Request, type_name: str = "") -> Obj:
    """Returns the body as an object.

    `type_name` is the OpenAPI name of the body's type; if it is empty, the type is that of the
    target's kind. Raises StatusError: 400 if a value has the wrong type, and those of
    `decoding.read`.
    """
    obj, _ = decoding.read(target.kind, request, "Ignore")
    kind = type_name.rpartition(".")[2] or target.kind.name
    check_types(obj, _type(type_name) if type_name else target.kind.type, kind, "v1")
    obj["metadata"] = obj.get("metadata") or {}
    return obj


@cache
def _type(name: str) -> Type:
    components = data.components("", "v1")
    return type_of(components[name], components)


def review(server: Server, target: Target, request: Request) -> Answer:
    """Answers a review, such as SelfSubjectAccessReview or TokenReview.

    Every user may do everything, so every access review is answered with `allowed: true`. The user
    in the review is not looked at. Raises StatusError: 404 for an unknown review, and those of
    `_require_attributes`, `write_options` and `_read`.
    """
    options = write_options(request)
    asked = _read(target, request)
    if target.kind.name.endswith("AccessReview"):
        _require_attributes(asked)
    now = time_text(server.now())
    _track(asked, target.kind, options, now)
    status = _REVIEWS.get(target.kind.name, lambda *_: None)(server, request, asked)
    if status is None:
        raise no_such_resource()
    return document({**asked, "status": status}, 201)


def _require_attributes(asked: Obj) -> None:
    """Requires exactly one of resourceAttributes and nonResourceAttributes, else StatusError (422).

    Empty attributes count as missing.
    """
    spec = asked.get("spec") or {}
    if bool(spec.get("resourceAttributes")) == bool(spec.get("nonResourceAttributes")):
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        value = spec.get("resourceAttributes")
        cause = invalid_value("spec.resourceAttributes", value, why)
        raise invalid("authorization.k8s.io", "", "", [cause])


def _track(asked: Obj, kind: Kind, options: WriteOptions, now: str) -> None:
    author = fields.Author(options.manager, kind.api_version, now)
    managers = fields.track(None, asked, kind.type, author)
    if managers:
        asked["metadata"]["managedFields"] = managers


def _allowed(server: Server, request: Request, asked: Obj) -> Obj:
    return {"allowed": True}


def _rules(server: Server, request: Request, asked: Obj) -> Obj:
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    anywhere = {"verbs": ["*"], "nonResourceURLs": ["*"]}
    return {"resourceRules": [everything], "nonResourceRules": [anywhere], "incomplete": False}


def _who(server: Server, request: Request, asked: Obj) -> Obj:
    asked["metadata"]["creationTimestamp"] = time_text(server.now())
    return {"userInfo": _user(request.user)}


def _token(server: Server, request: Request, asked: Obj) -> Obj:
    user = server.tokens.get((asked.get("spec") or {}).get("token", ""))
    if user is None:
        return {"user": {}, "error": "invalid bearer token"}
    return {"authenticated": True, "user": _user(user)}


def _user(name: str) -> Obj:
    return {"username": name, "uid": name, "groups": ["system:masters", "system:authenticated"]}


_REVIEWS: dict[str, Callable[[Server, Request, Obj], Obj]] = {
    "SelfSubjectAccessReview": _allowed,
    "SubjectAccessReview": _allowed,
    "LocalSubjectAccessReview": _allowed,
    "SelfSubjectRulesReview": _rules,
    "SelfSubjectReview": _who,
    "TokenReview": _token,
}
_HANDLERS: dict[tuple[str, str, str], Handler] = {
    ("POST", "bindings", ""): binding,
    ("POST", "pods", "binding"): binding,
    ("POST", "pods", "eviction"): evict,
    ("GET", "pods", "log"): pods.logs,
    ("GET", "pods", "exec"): pods.refuse_to_execute,
    ("POST", "pods", "exec"): pods.refuse_to_execute,
    ("POST", "serviceaccounts", "token"): issue_token,
}
