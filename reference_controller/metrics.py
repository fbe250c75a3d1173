"""What the controller counts, under the names that the original gives it (KT-203).

First the counts, then `MeasuredApi`, which sees what is written, then the text format. That is
written here because Prometheus' own client can neither leave `_total` off a counter's name,
as the original does, nor put quantiles into a summary; its parser judges ours in the tests.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE
from kuscia_conformance.kube.objects import Obj, Resource

#: The machine whose work the original counts.
COUNTED = "kuscia_task"
QUANTILES = (0.5, 0.9, 0.99)
#: Of how many of the latest durations the quantiles are; the original's are of ten minutes.
_REMEMBERED = 1000
_PHASES = {"": "Pending", "Preparing": "Pending"}


@dataclass
class Durations:
    """How long something took, in seconds: all of them summed up, and the latest."""

    count: int = 0
    total: float = 0.0
    latest: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def add(self, seconds: float) -> None:
        self.count += 1
        self.total += seconds
        self.latest.append(seconds)

    def quantile(self, share: float) -> float:
        ordered = sorted(self.latest)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass
class Metrics:
    """The counts of one process; the runtime and `MeasuredApi` keep them."""

    requeues: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    #: By condition (a phase, or UpdateStatus) and status (succeeded, failed).
    durations: dict[tuple[str, str], Durations] = field(
        default_factory=lambda: defaultdict(Durations)
    )
    #: How many tasks wait to be looked at.
    queued: Callable[[], int] = lambda: 0

    def retried(self, controller: str, key: str) -> None:
        if controller == COUNTED:
            self.requeues[f"{TASK_NAMESPACE}/{key}"] += 1

    def gone(self, controller: str, key: str) -> None:
        """Nothing is left of it: its series ends."""
        if controller == COUNTED:
            self.requeues.pop(f"{TASK_NAMESPACE}/{key}", None)

    def synced(self, controller: str, phase: object, seconds: float, *, ok: bool) -> None:
        if controller == COUNTED:
            self.took(_PHASES.get(str(phase), str(phase)), seconds, ok=ok)

    def took(self, condition: str, seconds: float, *, ok: bool) -> None:
        self.durations[condition, "succeeded" if ok else "failed"].add(seconds)

    def completed(self, phase: str) -> None:
        self.results[phase.lower()] += 1


@dataclass
class MeasuredApi(Api):
    """A client that tells the metrics how the writing of a task's status went."""

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


#: What follows the name, the labels, the value.
Sample = tuple[str, dict[str, str], float]


def text(metrics: Metrics, requests: Counter[tuple[str, str]]) -> str:
    """All of it in Prometheus' text format 0.0.4; `requests` as an `Api` counts them."""
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
