"""Sends the requests of a question to a server over HTTPS and returns the answers.

There is one answer for each compared step. `normal` replaces values that differ from run to run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
import orjson
import yaml
from yarl import URL

from kuscia_conformance.kube.client import PATCHES
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.questions.files import Question, given
from tests.apiserver.questions.normal import in_words, words_of
from tests.apiserver.questions.values import changed, filled, look_up

#: The headers of an answer that are compared.
HEADERS = ("Content-Type", "Content-Encoding", "Warning", "Allow", "Retry-After", "Location")
#: The longest time to wait for an answer or an awaited status, in seconds.
PATIENCE = 15.0
#: The longest time that a watch waits for its next event, in seconds.
SILENCE = 10.0
_LOOK = 0.05
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_APPLY = "?fieldManager=questions&force=true"


class QuestionError(Exception):
    """A precondition of the question failed, so the rest of it cannot be asked."""


@dataclass
class Asking:
    """The state of a question while its steps run."""

    session: aiohttp.ClientSession
    access: Access
    #: The values that `${…}` may refer to, by name.
    known: dict[str, Any]
    #: The answers of the steps so far.
    answers: list[Obj] = field(default_factory=list)
    #: The open watches by name; a watch without a name has the number of its answer.
    watches: dict[str, asyncio.Task[None]] = field(default_factory=dict)


async def ask(access: Access, question: Question) -> list[Obj]:
    """Returns the compared answers.

    If a step cannot run, the last entry is `{"stopped": reason}`.
    """
    stopped = []
    async with _session() as session:
        asking = Asking(session, access, {"namespace": question.name})
        await _clean(asking, question, wait=True)
        await _must(asking, "POST /api/v1/namespaces", _namespace(question.name))
        try:
            for step in question.steps:
                await _step(asking, step)
        except QuestionError as error:
            stopped = [{"stopped": str(error)}]
        finally:
            for watch in asking.watches.values():
                watch.cancel()
            await _clean(asking, question, wait=False)
    return _compared(question, asking.answers) + stopped


@asynccontextmanager
async def custom_kinds(access: Access) -> AsyncIterator[None]:
    """Installs the definitions of `given/`, and deletes them at the end."""
    async with _session() as session:
        asking = Asking(session, access, {})
        definitions = given()
        for definition in definitions:
            await _define(asking, definition)
        yield
        for definition in definitions:
            await _request(asking, {"request": f"DELETE {_path_of(definition)}"})


async def _define(asking: Asking, definition: Obj) -> None:
    line = f"PATCH {_path_of(definition)}{_APPLY}"
    await _must(asking, line, definition, PATCHES["apply"])
    spec = definition["spec"]
    for version in spec["versions"]:
        path = f"/apis/{spec['group']}/{version['name']}/{spec['names']['plural']}"
        await _request(asking, {"request": f"GET {path}", "await": 200})


def _path_of(definition: Obj) -> str:
    return f"{_DEFINITIONS}/{definition['metadata']['name']}"


def _session() -> aiohttp.ClientSession:
    agent = {"User-Agent": "questions/1", "Accept-Encoding": "identity"}
    timeout = aiohttp.ClientTimeout(total=None)
    return aiohttp.ClientSession(headers=agent, timeout=timeout, read_bufsize=1 << 22)


def _namespace(name: str) -> Obj:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


async def _clean(asking: Asking, question: Question, *, wait: bool) -> None:
    for path in (*question.clean, f"/api/v1/namespaces/{question.name}"):
        answer = await _request(asking, {"request": f"DELETE {path}"})
        if wait and answer["status"] != 404:
            await _request(asking, {"request": f"GET {path}", "await": 404})


async def _must(asking: Asking, line: str, body: Obj, kind: str = "application/json") -> None:
    answer = await _request(asking, {"request": line, "body": body, "type": kind})
    if answer["status"] >= 300:
        raise QuestionError(f"{line}: {answer}")


async def _step(asking: Asking, step: Obj) -> None:
    if "read" in step:
        await asking.watches[step["read"]]
    elif "watch" in step:
        await _begin_watch(asking, step)
    else:
        answer = await _request(asking, step)
        if "given" in step and answer["status"] >= 300 and "await" not in step:
            raise QuestionError(f"{answer['asked']}: {answer['status']} {answer['body']}")
        asking.answers.append(answer)
        asking.known[step.get("as", "")] = answer["body"]


async def _request(asking: Asking, step: Obj) -> Obj:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        answer = await asyncio.wait_for(_answer(asking, step), PATIENCE)
        if step.get("await", answer["status"]) == answer["status"]:
            return answer
        if asyncio.get_running_loop().time() > deadline:
            raise QuestionError(f"{answer['asked']}: still {answer['status']} {answer['body']}")
        await asyncio.sleep(_LOOK)


async def _answer(asking: Asking, step: Obj) -> Obj:
    async with await _send(asking, step, step.get("request") or step["given"]) as response:
        return await _whole(response, step)


async def _send(asking: Asking, step: Obj, line: str) -> aiohttp.ClientResponse:
    method, _, path = filled(line, asking.known).partition(" ")
    if not path.startswith("/"):
        path = f"/api/v1/namespaces/{asking.known['namespace']}/{path}"
    body, kind = _body(asking, step)
    token = step["token"] if "token" in step else asking.access.authorization()
    headers = {
        **({"Content-Type": kind} if body is not None and kind else {}),
        **({"Authorization": token} if token else {}),
        **({"Accept": step["accept"]} if "accept" in step else {"Accept": "application/json"}),
        **step.get("headers", {}),
    }
    return await asking.session.request(
        method,
        URL(asking.access.server + path, encoded=True),
        # A stream, because aiohttp warns about large bodies that are bytes.
        data=None if body is None else BytesIO(body),
        headers=headers,
        ssl=asking.access.tls or True,
        allow_redirects=False,
        skip_auto_headers=("Content-Type",),
    )


def _body(asking: Asking, step: Obj) -> tuple[bytes | None, str]:
    kind: str = step.get("type", "application/json")
    kind = PATCHES.get(kind) or kind
    if "raw" in step:
        return filled(step["raw"], asking.known).encode(), kind
    if "nested" in step:
        return b"[" * step["nested"] + b"]" * step["nested"], kind
    if "body" not in step:
        return None, kind
    body = changed(filled(step["body"], asking.known), filled(step.get("but", {}), asking.known))
    padding = {path: "x" * count for path, count in step.get("padded", {}).items()}
    body = changed(body, padding)
    if "yaml" in kind and "json" not in kind:
        return yaml.safe_dump(body).encode(), kind
    return orjson.dumps(body), kind


async def _whole(response: aiohttp.ClientResponse, step: Obj) -> Obj:
    text = await response.text()
    is_json = response.content_type == "application/json" and text
    return {**_head(response, step), "body": orjson.loads(text) if is_json else text}


def _head(response: aiohttp.ClientResponse, step: Obj) -> Obj:
    line = next(step[key] for key in ("request", "given", "watch") if key in step)
    headers = {
        name: ", ".join(response.headers.getall(name))
        for name in HEADERS
        if name in response.headers
    }
    return {"asked": line, "status": response.status, "headers": headers}


async def _begin_watch(asking: Asking, step: Obj) -> None:
    response = await _send(asking, step, step["watch"])
    if response.status != 200:
        asking.answers.append(await _whole(response, step))
        return
    answer = {**_head(response, step), "events": []}
    asking.answers.append(answer)
    watch = asyncio.create_task(_read(response, answer, step["until"]))
    asking.watches[step.get("as", str(len(asking.answers)))] = watch
    asking.known[step.get("as", "")] = answer["events"]
    if not step.get("background"):
        await watch


async def _read(response: aiohttp.ClientResponse, answer: Obj, until: Any) -> None:
    """Reads events until the expected one, the end of the stream, or SILENCE seconds of silence."""
    answer["ended"] = "as soon as it had"
    async with response:
        try:
            while not _is_enough(answer["events"], until):
                line = await asyncio.wait_for(response.content.readline(), SILENCE)
                if not line:
                    answer["ended"] = "by the server"
                    return
                answer["events"].append(orjson.loads(line))
        except TimeoutError:
            answer["ended"] = f"after {SILENCE:g} s of silence"


def _is_enough(events: list[Obj], until: Any) -> bool:
    if isinstance(until, int):
        return len(events) >= until
    if isinstance(until, dict) and events:
        return all(look_up(events[-1], path) == value for path, value in until.items())
    return False


def _compared(question: Question, answers: list[Obj]) -> list[Obj]:
    """Returns the compared parts of the answers, with values that vary replaced by words."""
    words = words_of(answers, [*question.steps])
    steps = (step for step in question.steps if "read" not in step)
    pairs = zip(steps, in_words(answers, words), strict=False)
    return [_part(step, answer) for step, answer in pairs if "given" not in step]


def _part(step: Obj, answer: Obj) -> Obj:
    if "only" not in step:
        return answer
    body = "events" if "events" in answer else "body"
    return {**answer, body: {path: look_up(answer[body], path) for path in step["only"]}}
