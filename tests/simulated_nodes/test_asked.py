"""Tests logs and exec of the kubelets through an API server in this process, on a virtual clock."""

from __future__ import annotations

import asyncio

import pytest

from kuscia_conformance.errors import ApiError
from kuscia_conformance.kube.objects import CONFIG_MAPS, PODS
from kuscia_conformance.simulated_nodes.exit_order import Order, give
from tests.recorded.play import give_room, plays, recording, run, text
from tests.simulated_nodes.pods import container
from tests.simulated_nodes.virtual import NODE, virtually

PLAYS = plays()


async def running(api, *containers, **fields):
    """Creates a pod and returns it one second later, when it runs."""
    pod = await pending(api, *containers, nodeName=NODE, **fields)
    await asyncio.sleep(1)
    return pod


async def pending(api, *containers, **fields):
    spec = {"restartPolicy": "Never", "containers": list(containers), **fields}
    metadata = {"name": "psi-0", "namespace": "default"}
    return await api.create(
        PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    )


async def run_in(api, *command):
    return await api.exec("psi-0", "default", "app", command)


async def log_of(api):
    return (await api.raw("/api/v1/namespaces/default/pods/psi-0/log"))["text"]


def test_exec_reads_a_mounted_file():
    async def scene(api):
        config = {"metadata": {"name": "c", "namespace": "default"}, "data": {"task.json": "{}"}}
        await api.create(CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", **config})
        mount = {"name": "v", "mountPath": "/work/task.json", "subPath": "task.json"}
        volumes = [{"name": "v", "configMap": {"name": "c"}}]
        await running(api, container(volumeMounts=[mount]), volumes=volumes)
        return await run_in(api, "cat", "/work/task.json")

    assert virtually(scene) == "{}"


def test_a_container_has_its_pod_ip_in_the_environment():
    async def scene(api):
        source = {"fieldRef": {"fieldPath": "status.podIP"}}
        await running(api, container(env=[{"name": "IP", "valueFrom": source}]))
        pod = await api.get(PODS, "psi-0", "default")
        return pod["status"]["podIP"], await run_in(api, "printenv", "IP")

    address, printed = virtually(scene)
    assert printed == f"{address}\n"


def test_a_log_grows_with_time():
    async def scene(api):
        await running(api, container(command=["sh", "-c", "echo a; sleep 5; echo b; sleep 600"]))
        before = await log_of(api)
        await asyncio.sleep(5)
        return before, await log_of(api)

    assert virtually(scene) == ("a\n", "a\nb\n")


def test_a_failed_container_without_a_message_reports_its_log():
    async def scene(api):
        app = container(
            command=["./app", "--seconds=600"], terminationMessagePolicy="FallbackToLogsOnError"
        )
        pod = await running(api, app)
        await give(api, pod, Order(3), simulated=False)
        await asyncio.sleep(1)
        return await api.get(PODS, "psi-0", "default"), await log_of(api)

    pod, log = virtually(scene)
    ended = pod["status"]["containerStatuses"][0]["state"]["terminated"]
    assert (ended["exitCode"], ended["message"]) == (3, "app --seconds=600\n")
    assert log == "app --seconds=600\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("cat", "/x"), "exit code 1: cat: can't open '/x': No such file or directory"),
        (("foo",), 'Internal error occurred: .* exec: "foo": executable file not found'),
    ],
)
def test_a_failing_exec_command_raises_api_error_with_its_output(command, said):
    async def scene(api):
        await running(api, container())
        with pytest.raises(ApiError, match=said):
            await run_in(api, *command)

    virtually(scene)


def test_an_unbound_pod_has_an_empty_log_and_refuses_exec():
    async def scene(api):
        await pending(api, container())
        with pytest.raises(ApiError, match="pod psi-0 does not have a host assigned"):
            await run_in(api, "true")
        return await log_of(api)

    assert virtually(scene) == ""


def test_a_pod_that_has_not_started_refuses_log_and_exec():
    async def scene(api):
        await pending(api, container(), nodeName=NODE)
        await asyncio.sleep(0.04)
        with pytest.raises(ApiError, match=r'container not found \("app"\)'):
            await run_in(api, "true")
        with pytest.raises(ApiError, match='"psi-0" is waiting to start: ContainerCreating'):
            await log_of(api)

    virtually(scene)


@pytest.mark.parametrize("play", PLAYS, ids=[play.name for play in PLAYS])
def test_the_events_of_a_pod_ended_by_exec_equal_those_of_a_real_kubelet(play):
    async def scene(api):
        await give_room(api, NODE)
        return await run(api, play, NODE, simulated=False)

    assert text(virtually(scene)) == recording(play.name).read_text()
