"""Tests the metrics, their text with Prometheus' own parser, and the HTTP endpoints."""

import asyncio
import math
from collections import Counter
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer, unused_port
from prometheus_client.parser import text_string_to_metric_families

from kuscia_conformance.errors import ApiError, Conflict, UsageError
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from reference_controller.endpoints import endpoints
from reference_controller.metrics import Durations, MeasuredApi, Metrics, text
from reference_controller.runtime import run
from tests.reference_controller.fake import FakeWorld, key_of_task, task
from tests.reference_controller.test_runtime import Tasks


def samples(metrics, requests=()):
    """Returns the parsed samples by name and labels; removes `_total`, which the parser adds."""
    families = text_string_to_metric_families(text(metrics, Counter(requests)))
    return {
        (sample.name.removesuffix("_total"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_metrics_have_the_names_and_types_of_the_original():
    lines = [line for line in text(Metrics(), Counter()).splitlines() if "# TYPE kuscia" in line]
    assert lines == [
        "# TYPE kuscia_task_requeue_count counter",
        "# TYPE kuscia_task_worker_queue_size gauge",
        "# TYPE kuscia_task_sync_durations_seconds summary",
        "# TYPE kuscia_task_result_stats counter",
    ]


def test_durations_have_quantiles_a_sum_and_a_count():
    metrics = Metrics()
    for hundredth in range(100):
        metrics.synced("kuscia_task", "Running", hundredth / 100, ok=True)
    metrics.synced("kuscia_task", "", 2.0, ok=False)
    metrics.synced("task_resource", "Reserving", 2.0, ok=True)
    name, told = "kuscia_task_sync_durations_seconds", samples(metrics)
    assert {key[1:]: value for key, value in told.items() if key[0] == name} == {
        ("Running", "succeeded", "0.5"): 0.5,
        ("Running", "succeeded", "0.9"): 0.9,
        ("Running", "succeeded", "0.99"): 0.99,
        ("Pending", "failed", "0.5"): 2.0,
        ("Pending", "failed", "0.9"): 2.0,
        ("Pending", "failed", "0.99"): 2.0,
    }
    assert told[f"{name}_count", "Running", "succeeded"] == 100
    assert math.isclose(told[f"{name}_sum", "Running", "succeeded"], 49.5)


def test_quantiles_cover_the_latest_durations_and_the_sum_covers_all():
    durations = Durations()
    for seconds in [9.0] * 1000 + [1.0] * 1000:
        durations.add(seconds)
    assert durations.quantile(0.99) == 1.0
    assert (durations.count, durations.total) == (2000, 10_000.0)


def test_label_values_are_escaped():
    odd = 'a"b\\c\nd'
    told = samples(Metrics(requeues=Counter({odd: 3})), {("get", "pods"): 2})
    assert told["kuscia_task_requeue_count", odd] == 3
    assert told["reference_controller_requests", "get", "pods"] == 2


class Counted(Tasks):
    name = "kuscia_task"


def test_failed_attempts_are_counted_until_the_task_is_gone():
    requeued = ("kuscia_task_requeue_count", "cross-domain/psi")

    async def scenario(world, metrics):
        await world.api.create(KUSCIA_TASKS, task())
        world.api.faults["patch"] = [ApiError(500, "InternalError", "no"), Conflict(409, "", "")]
        work = asyncio.create_task(run(world, [Counted()], metrics=metrics))
        await world.settle()
        assert samples(metrics)[requeued] == 1
        await world.advance(0.2)
        assert samples(metrics)[requeued] == 1, "a conflict is no failure (KT-027)"
        await world.advance(0.2)
        assert world.api.objects[key_of_task()]["status"] == {"phase": "Waiting"}
        await world.api.delete(KUSCIA_TASKS, "psi", "cross-domain")
        await world.settle()
        assert requeued not in samples(metrics)
        assert samples(metrics)["kuscia_task_worker_queue_size",] == 0
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(scenario(FakeWorld(), Metrics()))


def test_completed_tasks_and_status_writes_are_counted():
    answers = [web.json_response({"status": {"phase": "Failed"}}), web.Response(status=500)]

    async def answer(_):
        return answers.pop(0)

    async def scenario(metrics):
        application = web.Application()
        application.router.add_route("PATCH", "/{rest:.*}", answer)
        async with TestServer(application) as server:
            access = Access(str(server.make_url("")).rstrip("/"), None, lambda: None)
            async with MeasuredApi(access, "test", metrics=metrics) as api:
                status = {"status": {"completionTime": "2024-01-01T00:00:00Z"}}
                await api.patch(KUSCIA_TASKS, "psi", "cross-domain", status, sub="status")
                with pytest.raises(ApiError):
                    await api.patch(KUSCIA_TASKS, "psi", "cross-domain", status, sub="status")

    metrics = Metrics()
    asyncio.run(scenario(metrics))
    told, writes = samples(metrics), "kuscia_task_sync_durations_seconds_count"
    assert told["kuscia_task_result_stats", "failed"] == 1
    assert told[writes, "UpdateStatus", "succeeded"] == 1
    assert told[writes, "UpdateStatus", "failed"] == 1


@asynccontextmanager
async def served(port, ready=(), told=""):
    """Yields a client of the endpoints, which are ready once the list `ready` is not empty."""
    async with (
        endpoints("127.0.0.1", port, is_ready=lambda: bool(ready), metrics=lambda: told),
        ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


def test_the_endpoints_serve_health_readiness_and_metrics():
    ready: list[bool] = []

    async def scenario():
        async with served(unused_port(), ready, "m 1") as session:
            assert (await session.get("/healthz")).status == 200
            assert (await session.get("/readyz")).status == 503
            ready.append(True)
            assert (await session.get("/readyz")).status == 200
            scraped = await session.get("/metrics")
            assert scraped.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert await scraped.text() == "m 1"

    asyncio.run(scenario())


def test_a_metrics_port_in_use_is_named():
    async def scenario(port):
        async with served(port), served(port):
            raise AssertionError("both have the port")

    port = unused_port()
    with pytest.raises(UsageError, match=f"--metrics-port {port}: cannot listen on 127.0.0.1"):
        asyncio.run(scenario(port))
