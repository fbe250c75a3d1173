"""The asynchronous client of an API server: requests and watches.

The harness, the simulated nodes and the reference controller all use `Api`. `kube.transport`
defines what carries a request: HTTP, or calls within the process.

A request returns the server's answer, or raises an `ApiError` (see `errors`): Unreachable if the
server does not answer within `REQUEST_TIMEOUT`. `retries` says which requests are sent again;
`Api.retried` lists them. Watches are not sent again here; `world.follow` does that.
The number of round trips decides how long a run takes, so callers should send few requests.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import orjson

from kuscia_conformance.errors import AlreadyExists, NotFound, Unreachable, api_error
from kuscia_conformance.kube import retries
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import Obj, Resource
from kuscia_conformance.kube.transport import JSON, Call, Reply, Transport

PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}
#: The longest time that the answer to a request may take, in seconds. Watches have no limit, and
#: neither have the commands of `exec`.
REQUEST_TIMEOUT = 15.0
#: The largest number of requests at a time, without watches, `raw` and `exec`. Each request needs a
#: connection. With more requests the server does not answer sooner; it only opens connections.
AT_A_TIME = 16


@dataclass(frozen=True)
class Event:
    """One event of a watch: its type (ADDED, MODIFIED, DELETED or BOOKMARK) and the object."""

    type: str
    object: Obj


@dataclass
class Api:
    """A client of one API server. Use it as `async with Api(access, "who-i-am") as api`.

    Every method that sends a request raises an `ApiError` if the server refuses it (NotFound,
    AlreadyExists, Conflict, Expired, Invalid), and Unreachable if the server does not answer.
    """

    access: Access
    user_agent: str
    #: The number of requests so far, by (verb, resource). The benchmarks read it.
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: If it is a list, it gets the requests that change something: `delete /api/v1/nodes/n1`.
    changes: list[str] | None = None
    #: A line for each request that was sent again, for the evidence.
    retried: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._turn = asyncio.Semaphore(AT_A_TIME)
        self._transport = self._connect()
        return self

    def _connect(self) -> Transport:
        if self.access.connect:
            return self.access.connect(self.access, self.user_agent)
        # Imported late: aiohttp loads slowly, and a server in this process does not need it.
        from kuscia_conformance.kube.http import Http

        return Http(self.access, self.user_agent)

    async def __aexit__(self, *_: object) -> None:
        await self._transport.close()

    async def get(self, resource: Resource, name: str, namespace: str | None = None) -> Obj:
        """Returns one object. Raises NotFound if it does not exist."""
        return await self._request("get", resource, resource.path(namespace, name))

    async def table(self, resource: Resource, name: str, namespace: str | None = None) -> Obj:
        """Returns the server's Table of one object: the columns that `kubectl get` prints."""
        accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
        path = resource.path(namespace, name)
        return await self._request("get", resource, path, headers={"Accept": accept})

    async def list(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        labels: str = "",
        fields: str = "",
        retry: bool = True,
    ) -> tuple[list[Obj], str]:
        """Returns the objects and the resourceVersion of the list, from which a watch can start.

        Adds apiVersion and kind to each object, because servers leave them out in lists.
        `labels` and `fields` are selectors, such as `app=web` and `spec.nodeName=n1`. Without
        `retry` an answer such as 429 is raised immediately.
        """
        params = _params(labelSelector=labels, fieldSelector=fields)
        path = resource.path(namespace)
        answer = await self._request("list", resource, path, params=params, retry=retry)
        kind = {"apiVersion": resource.api_version, "kind": resource.kind}
        items = [{**kind, **item} for item in answer.get("items") or []]
        return items, answer["metadata"]["resourceVersion"]

    async def create(
        self,
        resource: Resource,
        obj: Obj,
        *,
        sub: str = "",
        name: str | None = None,
        strict: bool = False,
    ) -> Obj:
        """Creates an object in the namespace of its metadata, and returns what the server answers.

        With `name` and `sub` it posts to a subresource of that object, such as `pods/NAME/binding`.
        `strict` asks the server to refuse unknown and duplicate fields, as kubectl does.
        """
        namespace = (obj.get("metadata") or {}).get("namespace")
        path = resource.path(namespace, name, sub)
        params = _params(fieldValidation="Strict" if strict else "")
        try:
            return await self._request("create", resource, path, body=obj, params=params, sub=sub)
        except AlreadyExists as error:
            if sub or not error.maybe_done:
                raise
            there = await self.get(resource, obj["metadata"]["name"], namespace)
            if not retries.is_same(there, obj):
                raise
            return there

    async def patch(
        self,
        resource: Resource,
        name: str,
        namespace: str | None,
        patch: Any,
        *,
        sub: str = "",
        how: str = "merge",
    ) -> Obj:
        """Changes an object, and returns the changed object; `how` is a key of PATCHES.

        If the patch contains metadata.resourceVersion, and the object has another version by then,
        the server refuses it: Conflict.
        """
        return await self._request(
            "patch",
            resource,
            resource.path(namespace, name, sub),
            body=patch,
            content_type=PATCHES[how],
            sub=sub,
        )

    async def apply(self, resource: Resource, obj: Obj, *, manager: str) -> Obj:
        """Applies an object on the server (server-side apply), as field manager `manager`.

        Validation is strict. `force` is set: fields that other managers own are taken over.
        """
        metadata = obj["metadata"]
        return await self._request(
            "apply",
            resource,
            resource.path(metadata.get("namespace"), metadata["name"]),
            body=obj,
            content_type=PATCHES["apply"],
            params=_params(fieldManager=manager, force="true", fieldValidation="Strict"),
        )

    async def delete(
        self,
        resource: Resource,
        name: str,
        namespace: str | None = None,
        *,
        uid: str | None = None,
        grace_seconds: int | None = None,
    ) -> Obj:
        """Deletes an object, and lets the server delete its dependents afterwards (Background).

        With a `uid`, raises Conflict if the object of that name has another uid. `grace_seconds`
        replaces the grace period of a pod. Returns an empty object if an earlier attempt of the
        same request has deleted it already.
        """
        options: Obj = {"propagationPolicy": "Background"}
        if uid:
            options["preconditions"] = {"uid": uid}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        path = resource.path(namespace, name)
        try:
            return await self._request("delete", resource, path, body=options)
        except NotFound as error:
            if not error.maybe_done:
                raise
            return {}

    async def order(self, path: str, **params: str) -> Obj:
        """Posts to a path that is no resource's, with these parameters; returns the answer."""
        return await self._send("POST", path, params=_params(**params))

    async def raw(self, path: str, *, accept: str = JSON, retry: bool = True) -> Obj:
        """Returns what a GET of any path answers, such as `/version`.

        An answer that is not JSON, such as that of `/readyz`, is returned as `{"text": …}`.
        Without `retry` an answer such as 503 is raised immediately.
        """
        return await self._send("GET", path, headers={"Accept": accept}, retry=retry)

    async def exec(self, pod: str, namespace: str, container: str, command: Sequence[str]) -> str:
        """Runs a command in a container, and returns what it printed (stdout and stderr together).

        Raises ApiError if the command fails; the error's message ends with the output.
        """
        self.requests["exec", "pods"] += 1
        query = [("command", word) for word in command]
        query += [("container", container), ("stdout", "true"), ("stderr", "true")]
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/exec"
        self._note(f"exec {path}: {' '.join(command)}")
        return _exec_result(*await self._transport.exec(Call("GET", path, query)))

    async def watch(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        version: str,
        labels: str = "",
        fields: str = "",
    ) -> AsyncGenerator[Event, None]:
        """Yields every change after `version`, until the server ends the watch.

        Raises Expired if the server has compacted that version, and Unreachable if the connection
        breaks.
        """
        params = _params(
            watch="true",
            resourceVersion=version,
            allowWatchBookmarks="true",
            labelSelector=labels,
            fieldSelector=fields,
        )
        self.requests["watch", resource.plural] += 1
        call = Call("GET", resource.path(namespace), params)
        async with self._transport.open(call) as reply:
            await _require_success(reply)
            async for line in reply.lines():
                event = orjson.loads(line)
                if event["type"] == "ERROR":
                    raise api_error(event["object"].get("code", 500), event["object"])
                yield Event(event["type"], event["object"])

    async def _request(
        self, verb: str, resource: Resource, path: str, *, sub: str = "", **options: Any
    ) -> Obj:
        self.requests[verb, f"{resource.plural}/{sub}" if sub else resource.plural] += 1
        method = _METHODS[verb]
        if method != "GET":
            self._note(f"{verb} {path}{_created(verb, sub, options.get('body'))}")
        async with self._turn:
            return await self._send(method, path, **options)

    def _note(self, change: str) -> None:
        if self.changes is not None:
            self.changes.append(change)

    async def _send(self, method: str, path: str, *, retry: bool = True, **options: Any) -> Obj:
        attempt = partial(self._send_once, method, path, **options)
        if not retry:
            return await attempt()
        return await retries.persistent(attempt, f"{method} {path}", self.retried.append)

    async def _send_once(self, method: str, path: str, **options: Any) -> Obj:
        try:
            # Not `wait_for`: in Python 3.11 it can lose a cancellation that comes with the answer.
            async with asyncio.timeout(REQUEST_TIMEOUT):
                return await self._exchange(method, path, **options)
        except TimeoutError as error:
            text = f"{self.access.server} has not answered within {REQUEST_TIMEOUT:g} s"
            raise Unreachable(f"{text}: {method} {path}") from error

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content_type: str = JSON,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Obj:
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = content_type
        data = orjson.dumps(body) if body is not None else None
        async with self._transport.open(Call(method, path, params, sent, data)) as reply:
            await _require_success(reply)
            return _decode(await reply.read())


_METHODS = {
    "get": "GET",
    "list": "GET",
    "create": "POST",
    "patch": "PATCH",
    "apply": "PATCH",
    "delete": "DELETE",
}


def _created(verb: str, sub: str, body: Any) -> str:
    """Returns `/NAME` for a request that creates an object, whose path has no name."""
    metadata = (body.get("metadata") or {}) if isinstance(body, dict) else {}
    return f"/{metadata.get('name', '')}" if verb == "create" and not sub else ""


async def _require_success(reply: Reply) -> None:
    if reply.status >= 400:
        status = _decode(await reply.read())
        raise api_error(reply.status, status, retries.retry_after(reply.headers, status))


def _params(**params: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in params.items() if value]


def _decode(body: bytes) -> Obj:
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {
            "message": body.decode(errors="replace").strip(),
            "text": body.decode(errors="replace"),
        }
    return decoded if isinstance(decoded, dict) else {"value": decoded}


def _exec_result(output: bytes, status: bytes) -> str:
    result: Obj = _decode(status) if status else {"message": "the command ended without a status"}
    if result.get("status") != "Success":
        said = output.decode(errors="replace").strip()
        result["message"] = f"{result.get('message', '')}: {said}".strip(": ")
        raise api_error(result.get("code", 500), result)
    return output.decode(errors="replace")
