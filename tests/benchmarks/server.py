"""The embedded API server beside kube-apiserver and etcd, in the same minutes on the same machine.

What is compared are ratios within a round, so that it matters little what else the machine
does. The embedded one runs with no pace: what it holds back by default is no cost of its own.
"""

import json
import resource
import time
from collections import namedtuple
from contextlib import contextmanager
from statistics import median
from typing import Any

from kuscia_conformance.kube.kuscia import TASK_NAMESPACE
from tests.benchmarks import runs, stage
from tests.benchmarks.load import Connection, request, seconds_of
from tests.benchmarks.servers import embedded, real

ROUNDS = 5
#: How many pairs of requests a round takes, about as long with each.
PAIRS = {"real": 400, "embedded": 1600}
EVENTS, WATCHES = 100, 1000
#: How many objects are there at once, and how many requests say what another one costs.
OBJECTS, SAMPLE = 10_000, 1000
#: At least so many times as fast, at most so much of it, by what is measured.
AT_LEAST = {"pairs, 1 client": 4.0, "pairs, 8 clients": 6.0}
AT_MOST = {
    "seconds to the first answer": 0.4,
    "watch event, of the real one's": 1 / 3,
    "MB with 10000 objects": 300,
    "task among 10000, of one among none": 1.3,
    "CPU seconds per row, virtual clock": 0.1,
    "seconds of all but scheduling, real clock": 45,
}
_PATH = f"/apis/kuscia.secretflow/v1alpha1/namespaces/{TASK_NAMESPACE}/kusciatasks"
_MERGE = "application/merge-patch+json"
#: What a controller says of a task that runs.
_STATUS = {
    "phase": "Running",
    "startTime": "2024-01-01T00:00:00Z",
    "lastReconcileTime": "2024-01-01T00:00:00Z",
    "partyTaskStatus": [{"domainID": each, "phase": "Running"} for each in stage.DOMAINS],
    "conditions": [
        {"type": each, "status": "True", "lastTransitionTime": "2024-01-01T00:00:00Z"}
        for each in ("ResourceCreated", "Running")
    ],
}
Task = namedtuple("Task", "create status delete")


def measure(rounds=ROUNDS, with_runs=True):
    _allow_many_files()
    with real() as theirs, embedded() as ours:
        servers = {"real": theirs, "embedded": ours}
        said: dict[str, Any] = {"start": {name: each.seconds for name, each in servers.items()}}
        said["rounds"] = [_round(servers) for _ in range(rounds)]
        said["watches"] = {name: _fan_out(each.access) for name, each in servers.items()}
    with embedded() as ours:
        said["many objects"] = _many(ours)
    said["suite"] = runs.measure() if with_runs else {}
    return figures(said)


def _allow_many_files():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def _round(servers):
    figures: dict[str, Any] = {}
    for clients in (1, 8):
        for name, each in servers.items():
            rate = round(_pairs(each.access, PAIRS[name], clients))
            figures.setdefault(f"pairs per second, {clients} client(s)", {})[name] = rate
    for name, each in servers.items():
        figures.setdefault("watch event, ms", {})[name] = round(_event(each.access) * 1000, 3)
    return figures


def tasks(access, count, prefix="task"):
    """The requests about so many tasks."""
    manifest = stage.task(prefix)
    status = json.dumps({"status": _STATUS}).encode()

    def one(name):
        body = {**manifest, "metadata": {**manifest["metadata"], "name": name}}
        path = f"{_PATH}/{name}"
        return Task(
            request(access, "POST", _PATH, json.dumps(body).encode()),
            request(access, "PATCH", f"{path}/status", status, _MERGE),
            request(access, "DELETE", path),
        )

    return [one(f"{prefix}-{number}") for number in range(count)]


def _create(connection, some):
    for task in some:
        connection.ask(task.create)
        connection.ask(task.status)


def _play(connection, some):
    for task in some:
        for each in task:
            connection.ask(each)


def _pairs(access, count, clients):
    """How many tasks a second are created and told their status."""
    some = tasks(access, count)
    seconds = seconds_of(_create, access, [some[n::clients] for n in range(clients)])
    with Connection(access) as connection:
        connection.ask(request(access, "DELETE", _PATH))
    return count / seconds


@contextmanager
def _watching(access, count=1):
    """So many connections, each of which watches tasks from now on; the first has a version."""
    with Connection(access) as asking:
        version = json.loads(asking.ask(request(access, "GET", _PATH)))["metadata"][
            "resourceVersion"
        ]
    begin = request(access, "GET", f"{_PATH}?watch=1&resourceVersion={version}")
    connections = []
    try:
        for _ in range(count):
            connections.append(Connection(access))
            connections[-1].begin(begin)
        yield [connection.chunks() for connection in connections]
    finally:
        for connection in connections:
            connection.__exit__()


def _event(access):
    """From the sending of a write until a watch tells of it: the median, in seconds."""
    found = []
    with Connection(access) as writing, _watching(access) as [lines]:
        for task in tasks(access, EVENTS):
            start = time.perf_counter()
            writing.send(task.create)
            next(lines)
            found.append(time.perf_counter() - start)
            writing.answer()
            writing.ask(task.delete)
            next(lines)
    return median(found)


def _fan_out(access):
    """Until a thousand watches have told of one write, in ms."""
    with Connection(access) as writing, _watching(access, WATCHES) as watches:
        [task] = tasks(access, 1)
        start = time.perf_counter()
        writing.send(task.create)
        for lines in watches:
            next(lines)
        seconds = time.perf_counter() - start
        writing.answer()
        writing.ask(task.delete)
    return {"watches": WATCHES, "ms": round(seconds * 1000, 1)}


def _many(ours):
    """What a task costs among none, five and ten thousand; what those take and how they list."""
    access, costs = ours.access, {}
    with Connection(access) as connection:
        _play(connection, tasks(access, SAMPLE, "warm"))
        there = 0
        for count in (0, OBJECTS // 2, OBJECTS):
            _create(connection, tasks(access, count - there, f"there-{count}"))
            there = count
            costs[count] = _cost(ours, connection)
        memory = ours.memory()
        start = time.perf_counter()
        listed = connection.ask(request(access, "GET", _PATH))
        seconds = time.perf_counter() - start
    assert listed.count(b'"managedFields"') == OBJECTS
    return {
        "objects": OBJECTS,
        "MB": round(memory),
        "list, seconds": round(seconds, 3),
        "list, MB": round(len(listed) / 1e6, 1),
        "create, status and delete of one among so many, CPU ms": costs,
    }


def _cost(ours, connection):
    """CPU milliseconds of the server for a task: the median of some, each of many tasks."""
    found = []
    for _ in range(3):
        some = tasks(ours.access, SAMPLE, "sample")
        before = ours.cpu()
        _play(connection, some)
        found.append((ours.cpu() - before) / SAMPLE * 1000)
    return round(median(found), 3)


def figures(said):
    """What goes into the file: the ratios, what they may be, and what they come from."""
    found = ratios(said)
    over = [name for name, least in AT_LEAST.items() if found[name] < least]
    over += [name for name, most in AT_MOST.items() if found.get(name, 0) > most]
    return {
        "benchmark": "server",
        "what": "the embedded API server, pace 0, beside kube-apiserver and etcd",
        **said,
        "found": found,
        "at least": AT_LEAST,
        "at most": {name: round(most, 2) for name, most in AT_MOST.items()},
        "not within its budget": over,
        "ok": not over,
    }


def ratios(said):
    rounds, many = said["rounds"], said["many objects"]
    costs = many["create, status and delete of one among so many, CPU ms"]
    found = {
        "seconds to the first answer": said["start"]["embedded"],
        "watch event, of the real one's": _ratio(rounds, "watch event, ms"),
        "MB with 10000 objects": many["MB"],
        "task among 10000, of one among none": costs[OBJECTS] / costs[0],
        **said["suite"],
    }
    for clients in (1, 8):
        name = f"pairs per second, {clients} client(s)"
        found[f"pairs, {clients} client{'s' * (clients > 1)}"] = _ratio(rounds, name)
    return {name: round(value, 3) for name, value in found.items()}


def _ratio(rounds, name):
    """How many times the real one's figure ours is: the median of the rounds."""
    return median(each[name]["embedded"] / each[name]["real"] for each in rounds)
