"""Requests about resources: finds the verb, carries it out, and builds the answer.

    read     `storage.list`, `storage.watch`
    write    the room `writes`
    answer   `views.representation`: the object, a table, or only metadata
    others   `subresources` has the subresources that are more than a part of their object

The verbs raise StatusError for requests that cannot be carried out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

from kuscia_conformance.apiserver import writes
from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target, Unknown
from kuscia_conformance.apiserver.apimachinery.request import Answer, Request, document
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    StatusError,
    bad_request,
    method_not_allowed,
)
from kuscia_conformance.apiserver.handlers import subresources
from kuscia_conformance.apiserver.patch import patch_type
from kuscia_conformance.apiserver.schema import warning
from kuscia_conformance.apiserver.server import Server
from kuscia_conformance.apiserver.storage.list import (
    read_page,
    require_reached,
    selection,
    version_asked,
)
from kuscia_conformance.apiserver.storage.store import Key
from kuscia_conformance.apiserver.storage.watch import watch, watch_options
from kuscia_conformance.apiserver.views import representation
from kuscia_conformance.apiserver.writes import decoding
from kuscia_conformance.apiserver.writes.delete import answer_of, delete
from kuscia_conformance.apiserver.writes.options import APPLY, delete_options, write_options
from kuscia_conformance.apiserver.writes.writer import Written

Handler = Callable[[Server, Target, Request], Answer]


def answer(server: Server, target: Target, request: Request) -> Answer:
    """Carries out a request about `target`, and returns its answer.

    Raises StatusError (405) if the resource does not support the method, and any StatusError of the
    verb. Warnings are put into the answer's headers, or into those of the StatusError.
    """
    _require_namespace(target, request.method)
    if handler := subresources.handler(target, request.method):
        return handler(server, target, request)
    verb, handler = _handler(target, request.method)
    if handler is None or (verb not in target.kind.verbs and not target.sub):
        raise _not_allowed(target, verb)
    if target.sub and request.method not in subresources.PLAIN.get(target.sub, ()):
        raise _not_allowed(target, verb)
    try:
        found = handler(server, target, request)
    except StatusError as refusal:
        _warn(refusal.headers, target.kind, request)
        raise
    _warn(found.headers, target.kind, request)
    return found


def _require_namespace(target: Target, method: str) -> None:
    """Only reads may span all namespaces."""
    if target.kind.namespaced and not target.namespace and method not in ("GET", "HEAD"):
        raise Unknown if target.kind.is_custom else method_not_allowed()


def _handler(target: Target, method: str) -> tuple[str, Handler | None]:
    """Returns the verb and its handler.

    Custom kinds differ: a POST may have a name in its path, and a PUT or PATCH without one is
    answered with 400 instead of 405.
    """
    if target.kind.is_custom and not target.sub:
        if method == "POST":
            return "create", create
        if method in ("PUT", "PATCH") and target.is_collection:
            raise bad_request("name must be provided")
    return _HANDLERS.get((method, target.is_collection), (_VERBS.get(method, ""), None))


def _not_allowed(target: Target, verb: str) -> StatusError:
    kind = target.kind
    if not kind.is_custom:
        return method_not_allowed()
    message = f'{verb} is not supported on resources of kind "{kind.plural}.{kind.group}"'
    details = {"group": kind.group, "kind": kind.plural}
    return StatusError(405, "MethodNotAllowed", message, details)


def get(server: Server, target: Target, request: Request) -> Answer:
    """Answers with one object; a path under `/watch/` starts a watch of it.

    Raises StatusError: 404 if the object does not exist, 504 if the requested resourceVersion is
    still in the future.
    """
    if target.watched:
        return watch_answer(server, target, request)
    view = representation.view(target, request)
    require_reached(version_asked(request), server.store.version)
    stored = server.writer.require(target)
    return view.one(stored, server.now())


def list_or_watch(server: Server, target: Target, request: Request) -> Answer:
    """Answers with a list, or with a watch if the path or the parameter `watch` asks for one."""
    if target.watched or request.flag("watch"):
        return watch_answer(server, target, request)
    view = representation.view(target, request)
    return view.page(read_page(server.store, target, request), server.now())


def watch_answer(server: Server, target: Target, request: Request) -> Answer:
    """Answers with a stream of events.

    Raises StatusError: 400 or 422 for wrong parameters, 410 or 503 after or in an outage.
    """
    view = representation.view(target, request)
    selected, options = selection(target, request), watch_options(request)
    collection = server.store.collection(target.kind.key)
    lines = view.lines(server.now)
    server.outage.require_watchable(request.user_agent, options.version)
    options = dataclasses.replace(options, is_cut=partial(server.outage.cuts, request.user_agent))
    stream = watch(server.store, collection, selected, options, lines.event, lines.bookmark)
    return Answer(200, content_type=view.stream_type, stream=stream)


def create(server: Server, target: Target, request: Request) -> Answer:
    """Creates an object from the body: 201."""
    options = write_options(request)
    obj, complaints = decoding.read(target.kind, request, options.validation)
    # Custom kinds ignore a name in the path.
    target = Target(target.kind, target.namespace)
    return written(
        target, request, server, writes.create(server.writer, target, obj, options, complaints)
    )


def replace(server: Server, target: Target, request: Request) -> Answer:
    """Replaces an object by the one in the body (PUT): 200, or 201 if it was created."""
    options = write_options(request)
    obj, complaints = decoding.read(target.kind, request, options.validation)
    done = writes.replace(server.writer, target, obj, options, complaints)
    return written(target, request, server, done)


def patch(server: Server, target: Target, request: Request) -> Answer:
    """Patches or applies an object; the content type says which.

    Raises StatusError (415) if the kind does not support the content type.
    """
    patch_type(request.headers.get("content-type", ""), target.kind.is_custom)
    options = write_options(request)
    if request.media_type == APPLY:
        obj, complaints = decoding.read(target.kind, request, options.validation)
        done = writes.apply(server.writer, target, obj, options, complaints)
    else:
        parsed = decoding.read_patch(request)
        done = writes.patch(server.writer, target, parsed, request.media_type, options)
    return written(target, request, server, done)


def delete_one(server: Server, target: Target, request: Request) -> Answer:
    """Deletes an object. Answers with the object or a Status, as `answer_of` decides."""
    options = delete_options(request)
    return document(answer_of(target.kind, delete(server.writer, target, options)))


def delete_all(server: Server, target: Target, request: Request) -> Answer:
    """Deletes every selected object, one by one, and answers with the list of them."""
    options = delete_options(request)
    page = read_page(server.store, target, request)
    for stored in page.items:
        delete(server.writer, Target(target.kind, stored.namespace, stored.name), options)
    return representation.view(target, request).page(page, server.now())


def written(target: Target, request: Request, server: Server, done: Written) -> Answer:
    """Returns the answer to a write, in the form that the client accepts."""
    code = 201 if done.created else 200
    return representation.view(target, request).obj(done.obj, code, server.now())


def _warn(headers: dict[str, str], kind: Kind, request: Request) -> None:
    deprecation = kind.deprecation or _DEPRECATED.get(kind.key)
    texts = [*request.warnings, deprecation] if deprecation else request.warnings
    if texts:
        headers["Warning"] = ", ".join(map(warning, texts))


#: Deprecated built-in kinds, and the warning that their users get.
_DEPRECATED: dict[Key, str] = {
    ("", "endpoints"): (
        "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    ),
    ("", "componentstatuses"): "v1 ComponentStatus is deprecated in v1.19+",
}


#: The verbs of methods that are missing in _HANDLERS for some paths; errors name them.
_VERBS = {"POST": "create", "DELETE": "delete"}
_HANDLERS: dict[tuple[str, bool], tuple[str, Handler | None]] = {
    ("GET", False): ("get", get),
    ("GET", True): ("list", list_or_watch),
    ("POST", True): ("create", create),
    ("PUT", False): ("update", replace),
    ("PATCH", False): ("patch", patch),
    ("DELETE", False): ("delete", delete_one),
    ("DELETE", True): ("deletecollection", delete_all),
}
