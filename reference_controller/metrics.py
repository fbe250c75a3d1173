"""The metrics of the controller, with the names that the original gives them (KT-203).

    Metrics       the counts
    MeasuredApi   a client that counts the writes of a task's status
    text          the counts in Prometheus' text format

The text format is written here and not by Prometheus' own Python client. That client always adds
`_total` to the name of a counter, which the original does not have, and cannot put quantiles into
a summary. The tests read our text with the client's parser.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import Obj, Resource

#: The only machine whose work is counted, as in the original.
COUNTED = "kuscia_task"
QUANTILES = (0.5, 0.9, 0.99)
#: The number of latest durations that quantiles are computed from. The original uses ten minutes.
_REMEMBERED = 1000
_PHASES = {"": "Pending", "Preparing": "Pending"}


@dataclass
class Durations:
    """Durations of one kind, in seconds: how many there were, their sum, and the latest ones."""

    count: int = 0
    total: float = 0.0
    latest: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def add(self, seconds: float) -> None:
        self.count += 1
        self.total += seconds
        self.latest.append(seconds)

    def quantile(self, share: float) -> float:
        """Returns that quantile of the latest durations, in seconds; at least one is needed."""
        ordered = sorted(self.latest)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass
class Metrics:
    """The counts of one process. The runtime and `MeasuredApi` update them."""

    requeues: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    #: By condition (a phase, or UpdateStatus) and status (succeeded, failed).
    durations: dict[tuple[str, str], Durations] = field(
        default_factory=lambda: defaultdict(Durations)
    )
    #: Returns how many tasks wait to be looked at.
    queued: Callable[[], int] = lambda: 0

    def retried(self, controller: str, key: str) -> None:
        """Counts a failed attempt on a task; the other machines are not counted."""
        if controller == COUNTED:
            self.requeues[f"{TASK_NAMESPACE}/{key}"] += 1

    def gone(self, controller: str, key: str) -> None:
        """Removes the series of a task of which nothing is left."""
        if controller == COUNTED:
            self.requeues.pop(f"{TASK_NAMESPACE}/{key}", None)

    def synced(self, controller: str, phase: object, seconds: float, *, ok: bool) -> None:
        """Notes how long a decision on a task took to carry out, and whether it succeeded."""
        if controller == COUNTED:
            self.took(_PHASES.get(str(phase), str(phase)), seconds, ok=ok)

    def took(self, condition: str, seconds: float, *, ok: bool) -> None:
        """Notes a duration; `condition` is the phase of the task, or `UpdateStatus`."""
        self.durations[condition, "succeeded" if ok else "failed"].add(seconds)

    def completed(self, phase: str) -> None:
        """Counts a task that has ended in that phase."""
        self.results[phase.lower()] += 1


@dataclass
class MeasuredApi(Api):
    """A client that measures each write of a task's status.

    Any write that sets completionTime counts the task as completed.
    """

    metrics: Metrics = field(default_factory=Metrics)
    clock: Callable[[], float] = lambda: 0.0

    async def patch(
        self,
        resource: Resource,
        name: str,
        namespace: str | None,
        patch: Any,
        *,
        sub: str = "",
        how: str = "merge",
    ) -> Obj:
        """Sends the patch as `Api.patch` does, and measures it if it writes a task's status."""
        if (resource, sub) != (KUSCIA_TASKS, "status"):
            return await super().patch(resource, name, namespace, patch, sub=sub, how=how)
        start, ok = self.clock(), False
        try:
            answer = await super().patch(resource, name, namespace, patch, sub=sub, how=how)
            ok = True
        finally:
            self.metrics.took("UpdateStatus", self.clock() - start, ok=ok)
        if patch["status"].get("completionTime"):
            self.metrics.completed(answer["status"]["phase"])
        return answer


#: One line: what is added to the metric's name, the labels, and the value.
Sample = tuple[str, dict[str, str], float]


def text(metrics: Metrics, requests: Counter[tuple[str, str]]) -> str:
    """Returns all metrics in Prometheus' text format 0.0.4.

    `requests` are the counts of an `Api`, by verb and resource.
    """
    tasks = [("", {"task_name": task}, n) for task, n in metrics.requeues.items()]
    results = [("", {"result": result}, n) for result, n in metrics.results.items()]
    asked = [("", {"verb": verb, "resource": of}, n) for (verb, of), n in requests.items()]
    families: tuple[tuple[str, str, str, Iterable[Sample]], ...] = (
        ("kuscia_task_requeue_count", "counter", "Attempts on a task that failed.", tasks),
        (
            "kuscia_task_worker_queue_size",
            "gauge",
            "Tasks that wait to be looked at.",
            [("", {}, metrics.queued())],
        ),
        (
            "kuscia_task_sync_durations_seconds",
            "summary",
            "How long a look at a task took, by its phase; and the writing of its status.",
            _summaries(metrics.durations),
        ),
        ("kuscia_task_result_stats", "counter", "Tasks that were completed.", results),
        ("reference_controller_requests_total", "counter", "Requests to the API server.", asked),
    )
    return "".join(_family(*family) for family in families)


def _summaries(durations: dict[tuple[str, str], Durations]) -> Iterator[Sample]:
    for (condition, status), taken in durations.items():
        labels = {"condition": condition, "status": status}
        for share in QUANTILES:
            yield "", {**labels, "quantile": f"{share:g}"}, taken.quantile(share)
        yield "_sum", labels, taken.total
        yield "_count", labels, taken.count


def _family(name: str, kind: str, meaning: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{suffix}{_labels(labels)} {n!r}" for suffix, labels, n in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
