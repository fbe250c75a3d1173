"""Tests which requests the client sends again, against a server that each test defines."""

import asyncio

import pytest
from aiohttp import web

from kuscia_conformance.errors import AlreadyExists, ApiError, NotFound, Unreachable
from kuscia_conformance.kube import client, retries
from kuscia_conformance.kube.objects import PODS
from tests.kube.given import answering, talk

POD = {"metadata": {"name": "a", "namespace": "b", "labels": {"run": "1"}}}


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """The pauses before the retries of a test, which are not waited for."""
    found = []

    async def sleep(seconds):
        found.append(seconds)

    monkeypatch.setattr(retries, "sleep", sleep)
    return found


def in_turn(*answers):
    """Returns a handler that gives these answers in turn, the last one for ever."""
    left = list(answers)

    async def handler(request):
        answer = left.pop(0) if len(left) > 1 else left[0]
        if answer is None:  # the connection breaks
            request.transport.abort()
            return web.Response()
        code, headers = answer if isinstance(answer, tuple) else (answer, {})
        reason = {404: "NotFound", 409: "AlreadyExists"}.get(code, "")
        body = POD if code < 400 else {"reason": reason, "message": f"code {code}"}
        return web.json_response(body, status=code, headers=headers)

    return handler


def get(api):
    return api.get(PODS, "a", "b")


def create(api):
    return api.create(PODS, POD)


def delete(api):
    return api.delete(PODS, "a", "b")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([429, 200], [1]),
        ([503, 503, 200], [1, 1]),
        ([(429, {"Retry-After": "3"}), 200], [3]),
        ([(500, {"Retry-After": "2"}), 200], [2]),
        ([(504, {"Retry-After": "2"}), 200], [2]),
        ([(503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), 200], [1]),
        ([None, None, 200], [1]),  # aiohttp has sent it twice by then
    ],
)
def test_a_request_that_could_not_be_served_is_sent_again_after_a_pause(answers, expected, pauses):
    assert talk(in_turn(*answers), get) == POD
    assert pauses == expected


@pytest.mark.parametrize(
    "answer", [500, 504, 403, 409, (503, {"Retry-After": "600"}), (400, {"Retry-After": "1"})]
)
def test_another_error_is_raised_at_its_first_answer(answer, pauses):
    with pytest.raises(ApiError):
        talk(in_turn(answer, 200), get)
    assert pauses == []


def test_a_request_is_sent_again_ten_times_at_most(pauses):
    with pytest.raises(ApiError, match="code 503"):
        talk(in_turn(503), get)
    assert pauses == [1] * 10


def test_a_status_says_in_its_details_how_long_the_pause_has_to_be(pauses):
    answers = [{"details": {"retryAfterSeconds": 4}}, POD]

    async def handler(_):
        body = answers.pop(0)
        return web.json_response(body, status=200 if body is POD else 500)

    talk(handler, get)
    assert pauses == [4]


def test_a_write_is_not_repeated_after_a_broken_connection(pauses):
    with pytest.raises(Unreachable, match="has closed the connection"):
        talk(in_turn(None, 200), create)
    assert pauses == []


@pytest.mark.parametrize("first", [[503], [None, None]])
def test_a_deletion_that_was_carried_out_before_the_retry_has_succeeded(first):
    assert talk(in_turn(*first, 404), delete) == {}


def test_a_deletion_that_was_refused_by_429_cannot_have_been_carried_out():
    with pytest.raises(NotFound):
        talk(in_turn(429, 404), delete)


def test_an_object_that_was_created_before_the_retry_is_ours():
    assert talk(in_turn(503, 409, 200), create) == POD


@pytest.mark.parametrize("labels", [{}, {"run": "2"}])
def test_an_object_without_our_labels_is_not_ours(labels):
    async def conversation(api):
        sent = {"metadata": {**POD["metadata"], "labels": {**labels, "theirs": "1"}}}
        return await api.create(PODS, sent)

    with pytest.raises(AlreadyExists):
        talk(in_turn(503, 409, 200), conversation)


def test_every_retry_is_noted_for_the_evidence():
    async def conversation(api):
        await get(api)
        return api.retried

    [line] = talk(in_turn(503, 200), conversation)
    expected = "GET /api/v1/namespaces/b/pods/a: answered 503: code 503, tried again after 1 s"
    assert line == expected


def test_a_list_can_be_asked_without_retries(pauses):
    with pytest.raises(ApiError):
        talk(in_turn(429, 200), lambda api: api.list(PODS, retry=False))
    assert pauses == []


def test_a_server_that_does_not_answer_is_unreachable(monkeypatch):
    monkeypatch.setattr(client, "REQUEST_TIMEOUT", 0.05)

    async def handler(_):
        await asyncio.Event().wait()

    with pytest.raises(Unreachable, match=r"has not answered within 0.05 s: GET /version"):
        talk(handler, lambda api: api.raw("/version"))


def test_an_answer_that_is_no_failure_is_not_sent_again(pauses):
    assert talk(answering(200, POD), get) == POD
    assert pauses == []
