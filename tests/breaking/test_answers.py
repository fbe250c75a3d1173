"""API servers that cannot serve a request of the suite, and objects that stay behind.

The server runs in the process of the run, so a conftest.py can answer in its place.
"""

import json

import pytest

from tests.breaking.given import (
    CONFORMANT,
    NO_VERDICT,
    NOT_CONFORMANT,
    Case,
    broken,
    ways,
)

#: The server answers with `code` to so many requests of the suite whose path ends like this. With
#: `done` it carries them out all the same.
ANSWERING = """
from kuscia_conformance.apiserver.apimachinery.request import Answer
from kuscia_conformance.apiserver.http.in_process import Local

handle, left = Local.handle, {times}

async def answering(self, request):
    global left
    ours = self.user_agent == "kuscia-conformance" and left
    if not (ours and request.method == {method!r} and {path!r} in request.path):
        return await handle(self, request)
    left -= 1
    if {done}:
        await handle(self, request)
    return Answer({code}, b"the server is busy", headers={headers})

Local.handle = answering
"""
TASKS, PODS, NAMESPACES = "/kusciatasks", "/pods", "/namespaces/"


def answers(method, path, *, code=503, times=2, done=False, headers=None):
    found = {"method": method, "path": path, "code": code, "times": times, "done": done}
    return ANSWERING.format(**found, headers=headers or {})


def keeping(metadata):
    """Returns a conftest.py that gives the pods of the first check such metadata."""
    return f"""
from kuscia_conformance.kube.objects import PODS, name_of, namespace_of

def pytest_bdd_after_step(request, step):
    if step.keyword.strip() == "Then" and request.node.name == "small-first":
        scenario = request.getfixturevalue("scenario")
        for pod in scenario.history.latest(PODS).values():
            name, namespace = name_of(pod.real), namespace_of(pod.real)
            api, patch = scenario.connection.api, {{"metadata": {metadata}}}
            scenario.connection.run(api.patch(PODS, name, namespace, patch))
"""


CLUSTERS = "error of the cluster"
CASES = [
    Case("a-create-is-answered-503-twice", CONFORMANT, conftest=answers("POST", TASKS)),
    Case("a-delete-is-answered-503-twice", CONFORMANT, conftest=answers("DELETE", TASKS)),
    Case(
        "a-create-is-done-and-answered-503",
        CONFORMANT,
        conftest=answers("POST", TASKS, times=1, done=True),
    ),
    Case(
        "a-delete-is-done-and-answered-503",
        CONFORMANT,
        conftest=answers("DELETE", NAMESPACES, times=1, done=True),
    ),
    Case(
        "every-request-is-answered-429-once",
        CONFORMANT,
        conftest=answers("PATCH", "/", code=429, times=3, headers={"Retry-After": "2"}),
    ),
    Case(
        "creates-are-answered-503-for-ever",
        NO_VERDICT,
        CLUSTERS,
        answers("POST", TASKS, times=10_000),
    ),
    Case(
        "deletes-are-answered-503-for-ever",
        NO_VERDICT,
        CLUSTERS,
        answers("DELETE", NAMESPACES, times=10_000),
    ),
    Case(
        "creates-are-answered-500",
        NO_VERDICT,
        CLUSTERS,
        answers("POST", TASKS, code=500, times=10_000),
    ),
    Case(
        "a-finalizer-keeps-a-pod",
        NOT_CONFORMANT,
        "1 check failed",
        keeping({"finalizers": ["example.com/mine"]}),
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "a-create-is-done-and-answered-503",
        "creates-are-answered-503-for-ever",
        "a-finalizer-keeps-a-pod",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_only_the_controller_is_blamed_for_what_it_did(case, tmp_path):
    broken(case, tmp_path)


def test_the_evidence_tells_of_each_request_that_was_sent_again(tmp_path):
    case = Case("busy", CONFORMANT, conftest=answers("POST", TASKS))
    broken(case, tmp_path)
    files = (tmp_path / "out" / "checks").glob("**/steps.ndjson")
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    path = "/apis/kuscia.secretflow/v1alpha1/namespaces/cross-domain/kusciatasks"
    again = f"POST {path}: answered 503: the server is busy, tried again after 1 s"
    assert [line["retried"] for line in lines if "retried" in line] == [[again, again]]
