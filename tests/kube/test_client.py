"""The client against a small server that answers as told."""

import asyncio
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from kuscia_conformance.errors import (
    AlreadyExists,
    ApiError,
    Conflict,
    Expired,
    Invalid,
    NotFound,
    Unreachable,
)
from kuscia_conformance.kube.client import Api, Event
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import NODES, PODS


def talk(handler, conversation, path="/{rest:.*}"):
    """What `conversation(api)` returns, against a server whose only handler is this."""

    async def scene():
        application = web.Application()
        application.router.add_route("*", path, handler)
        async with TestServer(application) as server:
            access = Access(str(server.make_url("")).rstrip("/"), None, lambda: "Bearer secret")
            async with Api(access, "test/1") as api:
                return await conversation(api)

    return asyncio.run(scene())


def answering(status, body):
    async def handler(_):
        return web.json_response(body, status=status)

    return handler


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (404, "NotFound", NotFound),
        (409, "Conflict", Conflict),
        (409, "AlreadyExists", AlreadyExists),
        (410, "Expired", Expired),
        (422, "Invalid", Invalid),
        (403, "Forbidden", ApiError),
    ],
)
def test_a_status_becomes_the_error_it_is(code, reason, kind):
    status = {
        "kind": "Status",
        "reason": reason,
        "message": "no",
        "details": {"causes": [{"field": "spec"}]},
    }
    with pytest.raises(ApiError) as error:
        talk(answering(code, status), lambda api: api.get(PODS, "a", "b"))
    assert type(error.value) is kind
    assert (error.value.code, error.value.reason, error.value.message) == (code, reason, "no")
    assert error.value.causes == [{"field": "spec"}]


def test_an_error_without_a_status_is_one_too():
    async def handler(_):
        return web.Response(status=502, text="bad gateway")

    with pytest.raises(ApiError, match="bad gateway"):
        talk(handler, lambda api: api.get(PODS, "a", "b"))


def test_requests_say_who_asks_and_what():
    async def handler(request):
        seen = {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "type": request.content_type,
            "agent": request.headers["User-Agent"],
            "authorization": request.headers["Authorization"],
        }
        return web.json_response(seen)

    task = {"metadata": {"name": "psi", "namespace": "cross-domain"}}
    seen = talk(handler, lambda api: api.create(KUSCIA_TASKS, task, strict=True))
    assert seen == {
        "method": "POST",
        "path": "/apis/kuscia.secretflow/v1alpha1/namespaces/cross-domain/kusciatasks",
        "query": {"fieldValidation": "Strict"},
        "type": "application/json",
        "agent": "test/1",
        "authorization": "Bearer secret",
    }
    seen = talk(handler, lambda api: api.patch(NODES, "n", None, {}, sub="status"))
    assert (seen["method"], seen["path"]) == ("PATCH", "/api/v1/nodes/n/status")
    assert seen["type"] == "application/merge-patch+json"


def test_requests_are_counted_by_verb_and_resource():
    async def conversation(api):
        await api.get(PODS, "a", "b")
        await api.patch(PODS, "a", "b", {}, sub="status")
        return dict(api.requests)

    counts = talk(answering(200, {}), conversation)
    assert counts == {("get", "pods"): 1, ("patch", "pods/status"): 1}


def test_listed_objects_know_their_kind():
    answer = {"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": "a"}}]}
    items, version = talk(answering(200, answer), lambda api: api.list(PODS))
    assert version == "7"
    assert items == [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]


def watching(*chunks):
    async def handler(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        return response

    async def conversation(api):
        return [event async for event in api.watch(PODS, version="1")]

    return talk(handler, conversation)


def line(kind, **obj):
    return json.dumps({"type": kind, "object": obj}).encode() + b"\n"


def test_a_watch_gives_events_however_they_are_cut():
    text = line("ADDED", name="a") + line("MODIFIED", name="b" * 200_000)
    pieces = [text[at : at + 70_000] for at in range(0, len(text), 70_000)]
    assert watching(*pieces) == [
        Event("ADDED", {"name": "a"}),
        Event("MODIFIED", {"name": "b" * 200_000}),
    ]


def test_a_compacted_version_ends_a_watch():
    with pytest.raises(Expired, match="too old"):
        watching(line("ERROR", code=410, reason="Expired", message="too old"))


def test_no_server_is_unreachable():
    async def ask():
        async with Api(Access("http://127.0.0.1:1", None, lambda: None), "test") as api:
            await api.get(PODS, "a", "b")

    with pytest.raises(Unreachable, match=r"http://127.0.0.1:1 does not answer"):
        asyncio.run(ask())


def executing(*frames):
    async def handler(request):
        socket = web.WebSocketResponse(protocols=["v4.channel.k8s.io"])
        await socket.prepare(request)
        for frame in frames:
            await socket.send_bytes(frame)
        await socket.close()
        return socket

    return talk(handler, lambda api: api.exec("pod", "ns", "app", ["sh", "-c", "true"]))


def test_a_command_gives_what_it_printed():
    assert executing(b"\x01hel", b"\x02lo", b'\x03{"status":"Success"}') == "hello"


def test_a_command_that_fails_is_an_error_with_its_output():
    failure = b'\x03{"status":"Failure","reason":"NonZeroExitCode","message":"exit code 3"}'
    with pytest.raises(ApiError, match="exit code 3: no such file"):
        executing(b"\x02no such file\n", failure)


def test_a_command_without_a_status_has_not_succeeded():
    with pytest.raises(ApiError, match="ended without a status"):
        executing(b"\x01hello")


@pytest.mark.parametrize("turns", range(4))
def test_a_cancellation_is_not_lost_as_the_answer_comes(turns):
    async def scenario():
        answer = asyncio.get_running_loop().create_future()
        async with Api(Access("http://127.0.0.1:1", None, lambda: None), "test") as api:
            vars(api)["_send"] = lambda *_, **__: answer

            async def work():
                await api.get(PODS, "a", "b")
                await asyncio.Event().wait()

            working = asyncio.create_task(work())
            for _ in range(4):
                await asyncio.sleep(0)
            answer.set_result({})
            for _ in range(turns):
                await asyncio.sleep(0)
            working.cancel()
            done, _ = await asyncio.wait([working], timeout=5)
        assert [task.cancelled() for task in done] == [True]

    asyncio.run(scenario())
