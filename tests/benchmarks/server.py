"""Compares the embedded API server with kube-apiserver and etcd on the same machine.

The figures are ratios within a round, so that other load on the machine matters little. The
embedded server runs with pace 0, because the delay that it adds by default is not a cost.
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
#: The pairs of requests per round; both servers take about the same time for theirs.
PAIRS = {"real": 400, "embedded": 1600}
EVENTS, WATCHES = 100, 1000
#: The number of stored objects, and the number of tasks that measure the cost of one more.
OBJECTS, SAMPLE = 10_000, 1000
#: The smallest allowed speed-up and the largest allowed value of each figure.
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
#: The status that a controller writes for a running task.
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
    """Starts both servers, compares them, and returns the figures for the JSON file."""
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
    """Returns the create, status and delete requests of `count` tasks."""
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
    """Returns how many tasks per second are created and get a status."""
    some = tasks(access, count)
    seconds = seconds_of(_create, access, [some[n::clients] for n in range(clients)])
    with Connection(access) as connection:
        connection.ask(request(access, "DELETE", _PATH))
    return count / seconds


@contextmanager
def _watching(access, count=1):
    """Yields the chunks of `count` watches on tasks that start at the current version."""
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
    """Returns the median seconds from sending a write until a watch reports it."""
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
    """Returns the milliseconds until WATCHES watches have reported one write."""
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
    """Measures the cost of a task among 0, 5,000 and 10,000 others, their memory and their list."""
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
    """Returns the server's CPU milliseconds per task: the median of three samples."""
    found = []
    for _ in range(3):
        some = tasks(ours.access, SAMPLE, "sample")
        before = ours.cpu()
        _play(connection, some)
        found.append((ours.cpu() - before) / SAMPLE * 1000)
    return round(median(found), 3)


def figures(said):
    """Returns the figures for the JSON file: ratios, their budgets, and the measurements."""
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
    """Returns the figures that have a budget."""
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
    """Returns the embedded server's figure divided by the real one's: the median of all rounds."""
    return median(each[name]["embedded"] / each[name]["real"] for each in rounds)
