"""What the router answers when no handler can."""

import asyncio
import logging
from datetime import UTC, datetime

import orjson
import pytest

from kuscia_conformance.apiserver.apimachinery.request import Request
from kuscia_conformance.apiserver.handlers import resources
from kuscia_conformance.apiserver.kubelet import NoKubelet
from kuscia_conformance.apiserver.router import LARGEST_BODY, handle
from kuscia_conformance.apiserver.server import CLIENTS, Server
from tests.apiserver.given import DEFINITIONS, told

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


def test_the_latest_request_of_each_client_is_kept_of_the_latest_clients():
    server = Server({"t": "admin"}, pace=0)

    def heard(who, path):
        headers = {**HEADERS, "user-agent": who}
        return asyncio.run(handle(server, Request("GET", path, headers=headers)))

    for number in range(CLIENTS + 5):
        heard(f"client-{number}", "/version")
    heard("client-50", "/healthz")
    heard("client-50", "/nowhere")
    [*others, last] = orjson.loads(heard("client-99", "/debug/requests").body)["requests"]
    assert len(others) + 1 == len(server.latest) == CLIENTS
    assert (last["who"], last["path"]) == ("client-99", "/debug/requests")
    assert (others[-1]["who"], others[-1]["path"]) == ("client-50", "/nowhere")
    asyncio.run(handle(server, Request("GET", "/version", headers={"user-agent": "stranger"})))
    assert "stranger" not in server.latest


def test_a_cluster_without_nodes_has_no_logs_and_runs_no_commands():
    with pytest.raises(LookupError, match="no kubelets"):
        NoKubelet().logs({}, "app")
    with pytest.raises(LookupError, match="no kubelets"):
        asyncio.run(NoKubelet().run({}, "app", ["true"]))


def test_a_token_can_be_issued_on_the_29th_of_february(cluster):
    cluster.server.now = lambda: datetime(2028, 2, 29, tzinfo=UTC)
    path = "/api/v1/namespaces/default/serviceaccounts"
    cluster.create(path, {"metadata": {"name": "a"}})
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    status = told(cluster.ask("POST", f"{path}/a/token", body), 201)["status"]
    assert status["expirationTimestamp"] == "2100-01-01T00:00:00Z"


def test_a_group_version_with_built_in_and_custom_kinds_has_one_document_with_both(cluster):
    approved = {"api-approved.kubernetes.io": "unapproved, for a test"}
    version = {"name": "v1", "served": True, "storage": True}
    names = {"plural": "things", "singular": "thing", "kind": "Thing"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.networking.k8s.io", "annotations": approved},
        "spec": {
            "group": "networking.k8s.io",
            "scope": "Namespaced",
            "names": names,
            "versions": [{**version, "schema": {"openAPIV3Schema": {"type": "object"}}}],
        },
    }
    cluster.create(DEFINITIONS, definition)
    cluster.settle()
    index = orjson.loads(cluster.ask("GET", "/openapi/v3").body)["paths"]
    url, _, query = index["apis/networking.k8s.io/v1"]["serverRelativeURL"].partition("?hash=")
    document = told(cluster.ask("GET", url, hash=query))
    assert {f"/apis/networking.k8s.io/v1/{each}" for each in ("ingresses", "things")} <= set(
        document["paths"]
    )
