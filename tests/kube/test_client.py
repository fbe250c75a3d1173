"""Tests the client against a small server whose answers each test defines."""

import asyncio
import json

import pytest
from aiohttp import web

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
from tests.kube.given import answering, talk


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
def test_each_failure_status_raises_its_error_class(code, reason, kind):
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


def test_an_error_answer_without_a_status_raises_api_error():
    async def handler(_):
        return web.Response(status=502, text="bad gateway")

    with pytest.raises(ApiError, match="bad gateway"):
        talk(handler, lambda api: api.get(PODS, "a", "b"))


def test_a_request_has_the_expected_path_headers_and_query():
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


def test_listed_objects_get_their_kind_and_api_version():
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


def test_a_watch_joins_events_that_arrive_in_pieces():
    text = line("ADDED", name="a") + line("MODIFIED", name="b" * 200_000)
    pieces = [text[at : at + 70_000] for at in range(0, len(text), 70_000)]
    assert watching(*pieces) == [
        Event("ADDED", {"name": "a"}),
        Event("MODIFIED", {"name": "b" * 200_000}),
    ]


def test_a_watch_from_a_compacted_version_raises_expired():
    with pytest.raises(Expired, match="too old"):
        watching(line("ERROR", code=410, reason="Expired", message="too old"))


def test_a_server_that_does_not_answer_raises_unreachable():
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


def test_exec_returns_the_output_of_the_command():
    assert executing(b"\x01hel", b"\x02lo", b'\x03{"status":"Success"}') == "hello"


def test_exec_of_a_failing_command_raises_api_error_with_its_output():
    failure = b'\x03{"status":"Failure","reason":"NonZeroExitCode","message":"exit code 3"}'
    with pytest.raises(ApiError, match="exit code 3: no such file"):
        executing(b"\x02no such file\n", failure)


def test_exec_that_the_server_refuses_raises_its_error_and_not_that_it_does_not_answer():
    async def refuse(_):
        return web.json_response({"kind": "Status", "message": "no such pod"}, status=404)

    with pytest.raises(NotFound, match="the server refuses to run a command"):
        talk(refuse, lambda api: api.exec("pod", "ns", "app", ["true"]))


def test_exec_that_ends_without_a_status_raises_api_error():
    with pytest.raises(ApiError, match="ended without a status"):
        executing(b"\x01hello")


@pytest.mark.parametrize("turns", range(4))
def test_a_cancellation_is_not_lost_when_the_answer_arrives(turns):
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
