"""Tests watches: each change is sent once and in order.

The tests have several writers, clients that reconnect, slow clients and clients that disappear.
"""

import asyncio
import gc
import os
import resource
import ssl
from random import Random
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from kuscia_conformance.apiserver.apimachinery.request import Request
from kuscia_conformance.apiserver.router import handle
from tests.apiserver.given import CONFIGMAPS, TOKEN, config_map, in_process
from tests.apiserver.serving import served

KIND = ("", "configmaps")
EVERYWHERE = "/api/v1/configmaps"
#: Several times the number of watches that a large suite has open at one time.
THOUSAND = 1_000


def request(path, **query):
    headers = {"authorization": f"Bearer {TOKEN}"}
    return Request("GET", path, urlencode({"watch": "1", **query}), headers)


async def follow(cluster, path, into, **query):
    """Appends each event of the watch to `into` until the watch ends."""
    answer = await handle(cluster.server, request(path, **query))
    assert answer.stream is not None
    async for piece in answer.stream:
        into.extend(orjson.loads(line) for line in piece.splitlines())


def shown(events):
    """Returns type, name and version of each event except bookmarks."""
    return [
        (event["type"], metadata["name"], int(metadata["resourceVersion"]))
        for event in events
        if event["type"] != "BOOKMARK" and (metadata := event["object"]["metadata"])
    ]


class Model:
    """Records all changes of the store; `told` computes the events that a watch must send."""

    def __init__(self, cluster):
        self.changes = []
        cluster.server.store.listeners.append(self._note)

    def _note(self, kind, change):
        if kind == KIND:
            self.changes.append(change)

    def told(self, is_in, after):
        """Returns the events after version `after` for the objects for which `is_in` is true."""
        told: list[Any] = []
        inside: set[Any] = set()
        for change in self.changes:
            key = change.new.key
            was_in, is_now = key in inside, change.type != "DELETED" and is_in(change.new)
            (inside.add if is_now else inside.discard)(key)
            if change.version > after and (was_in or is_now):
                type_ = "DELETED" if not is_now else "MODIFIED" if was_in else "ADDED"
                told.append((type_, change.new.name, change.version))
        return told


def everything(_):
    return True


#: Selections: the path and query of a client, and the same condition for the model.
SELECTIONS = [
    (EVERYWHERE, {}, everything),
    (CONFIGMAPS, {}, lambda obj: obj.namespace == "default"),
    (EVERYWHERE, {"labelSelector": "l=1"}, lambda obj: obj.labels.get("l") == "1"),
    (EVERYWHERE, {"labelSelector": "l!=1"}, lambda obj: obj.labels.get("l") != "1"),
    (EVERYWHERE, {"labelSelector": "l"}, lambda obj: "l" in obj.labels),
    (EVERYWHERE, {"labelSelector": "!l"}, lambda obj: "l" not in obj.labels),
    (EVERYWHERE, {"labelSelector": "l in (1,2)"}, lambda obj: obj.labels.get("l") in ("1", "2")),
    (CONFIGMAPS, {"fieldSelector": "metadata.name=m1"}, lambda obj: obj.key == ("default", "m1")),
    (
        "/api/v1/namespaces/kube-system/configmaps",
        {"labelSelector": "l=2"},
        lambda obj: obj.namespace == "kube-system" and obj.labels.get("l") == "2",
    ),
]


async def write_at_random(cluster, seed, times):
    """Creates, replaces and deletes a few objects, with random pauses in between."""
    random, server = Random(seed), cluster.server
    headers = {"authorization": f"Bearer {TOKEN}"}
    for _ in range(times):
        namespace = random.choice(["default", "kube-system"])
        path = f"/api/v1/namespaces/{namespace}/configmaps"
        obj = config_map(
            f"m{random.randrange(5)}", labels=random.choice([{}, {"l": "1"}, {"l": "2"}])
        )
        obj["data"]["a"] = str(random.random())
        one = f"{path}/{obj['metadata']['name']}"
        method, where = random.choice([("POST", path), ("PUT", one), ("PUT", one), ("DELETE", one)])
        body = b"" if method == "DELETE" else orjson.dumps(obj)
        await handle(server, Request(method, where, "", headers, body))
        await asyncio.sleep(random.choice([0, 0, 0.01]))


def test_each_watcher_sees_every_change_of_ten_writers_exactly_once(cluster):
    model = Model(cluster)
    start = cluster.server.store.version
    seen: list[Any] = [(each, []) for each in SELECTIONS * 5]

    async def everybody():
        watching = [
            asyncio.create_task(
                follow(
                    cluster, path, events, resourceVersion=str(start), timeoutSeconds="60", **query
                )
            )
            for (path, query, _), events in seen
        ]
        await asyncio.gather(*(write_at_random(cluster, seed, 60) for seed in range(10)))
        await asyncio.gather(*watching)

    cluster.run(everybody())
    assert len(model.changes) > 200
    for (path, query, is_in), events in seen:
        assert shown(events) == model.told(is_in, start), (path, query)


@pytest.mark.parametrize("selection", SELECTIONS, ids=range(len(SELECTIONS)))
def test_a_client_that_reconnects_from_its_last_version_misses_nothing(cluster, selection):
    path, query, is_in = selection
    model = Model(cluster)
    events: list[Any] = []
    start = cluster.server.store.version

    async def reconnecting(writing):
        last = start
        while not writing.done():
            await follow(
                cluster, path, events, resourceVersion=str(last), timeoutSeconds="1", **query
            )
            last = shown(events)[-1][2] if events else last
        await follow(cluster, path, events, resourceVersion=str(last), timeoutSeconds="1", **query)

    async def both():
        writing = asyncio.gather(*(write_at_random(cluster, seed, 200) for seed in range(3)))
        await reconnecting(writing)

    cluster.run(both())
    assert shown(events) == model.told(is_in, start)


def test_a_watch_without_a_version_begins_with_the_current_objects(cluster):
    model = Model(cluster)
    cluster.run(write_at_random(cluster, 1, 100))
    there = sorted(cluster.server.store.collection(KIND).objects.values(), key=lambda obj: obj.key)
    start = cluster.server.store.version
    events: list[Any] = []

    async def both():
        watching = asyncio.create_task(follow(cluster, EVERYWHERE, events, timeoutSeconds="30"))
        await asyncio.sleep(0)
        await write_at_random(cluster, 2, 100)
        await watching

    cluster.run(both())
    initial = [("ADDED", obj.name, obj.version) for obj in there]
    assert shown(events) == initial + model.told(everything, start)


def test_a_slow_watcher_gets_410_and_no_history_is_kept_for_it():
    with in_process(history=10) as cluster:
        start = str(cluster.server.store.version)
        answer: Any = cluster.ask("GET", CONFIGMAPS, watch="1", resourceVersion=start)
        cluster.create(CONFIGMAPS, config_map("first"))
        first = orjson.loads(cluster.run(anext(answer.stream)))
        for number in range(100):
            cluster.create(CONFIGMAPS, config_map(f"m{number}"))
        assert len(cluster.server.store.collection(KIND).log) < 20
        last = orjson.loads(cluster.run(anext(answer.stream)))
        assert first["object"]["metadata"]["name"] == "first"
        assert (last["type"], last["object"]["code"]) == ("ERROR", 410)
        with pytest.raises(StopAsyncIteration):
            cluster.run(anext(answer.stream))


def test_a_watch_from_a_compacted_version_gets_410():
    with in_process(history=3) as cluster:
        for number in range(10):
            cluster.create(CONFIGMAPS, config_map(f"m{number}"))
        events: list[Any] = []
        cluster.run(follow(cluster, CONFIGMAPS, events, resourceVersion="1"))
        assert [(event["type"], event["object"]["code"]) for event in events] == [("ERROR", 410)]


def test_bookmarks_come_each_minute_and_at_the_end_with_the_store_version(
    cluster,
):
    events: list[Any] = []

    async def both():
        watching = asyncio.create_task(
            follow(cluster, CONFIGMAPS, events, allowWatchBookmarks="true", timeoutSeconds="185")
        )
        await asyncio.sleep(90)
        await write_secret(cluster)
        await watching

    before = cluster.server.store.version
    cluster.run(both())
    assert [event["type"] for event in events] == ["BOOKMARK"] * 5
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    # The first bookmark marks the end of the initial events.
    assert versions == [before] * 2 + [before + 1] * 3


async def write_secret(cluster):
    body = orjson.dumps({"metadata": {"name": "s"}})
    headers = {"authorization": f"Bearer {TOKEN}"}
    path = "/api/v1/namespaces/default/secrets"
    assert (await handle(cluster.server, Request("POST", path, "", headers, body))).code == 201


def test_a_watch_that_does_not_ask_for_bookmarks_gets_none(cluster):
    events: list[Any] = []
    cluster.run(follow(cluster, CONFIGMAPS, events, timeoutSeconds="200"))
    assert events == []


@pytest.mark.parametrize("seconds", [1, 59, 61, 3_600])
def test_a_watch_lasts_for_its_timeout_seconds(cluster, seconds):
    before = cluster.loop.time()
    cluster.run(follow(cluster, CONFIGMAPS, [], timeoutSeconds=str(seconds)))
    assert cluster.loop.time() - before == pytest.approx(seconds)


def test_objects_entering_and_leaving_a_selection_are_added_and_deleted(cluster):
    events: list[Any] = []
    start = str(cluster.server.store.version)

    def put(labels):
        cluster.ask("PUT", f"{CONFIGMAPS}/a", config_map("a", labels=labels))

    cluster.create(CONFIGMAPS, config_map("a"))
    put({"l": "1"})
    put({"l": "1", "m": "1"})
    put({})
    put({"l": "1"})
    cluster.ask("DELETE", f"{CONFIGMAPS}/a")
    cluster.run(
        follow(
            cluster,
            CONFIGMAPS,
            events,
            resourceVersion=start,
            labelSelector="l=1",
            timeoutSeconds="1",
        )
    )
    told = [(event["type"], event["object"]["metadata"].get("labels")) for event in events]
    assert told == [
        ("ADDED", {"l": "1"}),
        ("MODIFIED", {"l": "1", "m": "1"}),
        ("DELETED", {"l": "1", "m": "1"}),
        ("ADDED", {"l": "1"}),
        ("DELETED", {"l": "1"}),
    ]
    versions = [version for _, _, version in shown(events)]
    assert versions == sorted(set(versions))


def test_a_thousand_closed_watches_leave_no_tasks_behind(cluster):
    async def open_and_drop():
        before = len(asyncio.all_tasks())
        events: list[Any] = [[] for _ in range(THOUSAND)]
        tasks = [asyncio.create_task(follow(cluster, CONFIGMAPS, each)) for each in events]
        await asyncio.sleep(1)
        await write_map(cluster, "a")
        await asyncio.sleep(1)
        assert all(shown(each) for each in events)
        assert len(waiting(cluster)) == THOUSAND
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        gc.collect()
        await asyncio.sleep(1)
        return len(asyncio.all_tasks()) - before

    assert cluster.run(open_and_drop()) == 0
    assert not waiting(cluster)


def waiting(cluster):
    return cluster.server.store.collection(KIND)._waiting


async def write_map(cluster, name):
    headers = {"authorization": f"Bearer {TOKEN}"}
    body = orjson.dumps(config_map(name))
    await handle(cluster.server, Request("POST", CONFIGMAPS, "", headers, body))


@pytest.fixture(scope="module")
def many_files():
    """Raises the limit of open files for this process and its children; skips if not possible."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * THOUSAND
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"no more than {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_thousand_https_watches_are_served_and_leave_no_files_open(many_files, tmp_path):
    with served(tmp_path) as https:
        before = open_files(https)
        first = asyncio.run(watch_and_drop(https))
        files_after_first, memory_after_first = open_files(https), memory(https)
        assert first == THOUSAND
        assert asyncio.run(watch_and_drop(https, "again")) == THOUSAND
        assert files_after_first <= before + 2
        assert open_files(https) <= before + 2
        # The memory of the first thousand is reused for the second, except for fragmentation.
        assert memory(https) < memory_after_first * 1.5
        assert https.answers()
    assert https.logged() == "ready\n"


def open_files(https):
    return len(os.listdir(https.proc / "fd"))


def memory(https):
    lines = (https.proc / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def watch_and_drop(https, name="once"):
    """Opens a thousand watches, counts those that report a new object, and drops all of them."""
    context = https.tls()
    opened = [await watch(https, context) for _ in range(THOUSAND)]
    body = orjson.dumps(config_map(name))
    assert (await asyncio.to_thread(https.ask, "POST", CONFIGMAPS, body))[0] == 201
    wanted = f'"name":"{name}"'.encode()
    reading = (until(reader, wanted) for reader, _ in opened)
    told = sum(await asyncio.gather(*reading))
    for _, writer in opened:
        writer.transport.abort()
    await asyncio.to_thread(gone, https)
    return told


async def watch(https, context: ssl.SSLContext):
    reader, writer = await asyncio.open_connection("127.0.0.1", https.port, ssl=context)
    writer.write(https.head("GET", f"{CONFIGMAPS}?watch=1"))
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def until(reader, wanted):
    async with asyncio.timeout(30):
        while wanted not in await reader.readline():
            pass
    return True


def gone(https):
    """Sends requests until the server has closed the files of the dropped connections."""
    for _ in range(2_000):
        https.answers()
        if open_files(https) < 60:
            return
