"""What the router answers when no handler can."""

import asyncio
import logging

import pytest

from kuscia_conformance.apiserver.apimachinery.request import Request
from kuscia_conformance.apiserver.handlers import resources
from kuscia_conformance.apiserver.kubelet import NoKubelet
from kuscia_conformance.apiserver.router import LARGEST_BODY, handle
from kuscia_conformance.apiserver.server import Server

HEADERS = {"authorization": "Bearer t"}


def ask(method="GET", path="/api/v1/namespaces", body=b"", headers=HEADERS):
    server = Server({"t": "admin"}, pace=0)
    return asyncio.run(handle(server, Request(method, path, headers=headers, body=body)))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, 200),
        ({"headers": {}}, 401),
        ({"path": "/nowhere"}, 404),
        ({"method": "POST", "body": b"x" * (LARGEST_BODY + 1)}, 413),
    ],
)
def test_a_request_is_answered_whatever_it_is(asked, code):
    assert ask(**asked).code == code


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (RecursionError(), 400, b"nested too deeply"),
        (ZeroDivisionError("x"), 500, b"a bug of the embedded server"),
    ],
)
def test_an_error_of_ours_becomes_an_answer(monkeypatch, caplog, error, code, said):
    def fail(*_):
        raise error

    monkeypatch.setattr(resources, "answer", fail)
    caplog.set_level(logging.CRITICAL)
    answer = ask()
    assert answer.code == code
    assert said in answer.body


def test_a_cluster_without_nodes_has_no_logs_and_runs_no_commands():
    with pytest.raises(LookupError, match="no kubelets"):
        NoKubelet().logs({}, "app")
    with pytest.raises(LookupError, match="no kubelets"):
        asyncio.run(NoKubelet().run({}, "app", ["true"]))
