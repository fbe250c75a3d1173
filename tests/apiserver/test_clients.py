"""Tests the embedded server with the official, unmodified Python client for Kubernetes."""

import threading
from typing import Any

import pytest
from kubernetes import client, config, dynamic, watch
from kubernetes.stream import stream

CRD: dict[str, Any] = {"group": "kuscia.secretflow", "version": "v1alpha1", "plural": "kusciatasks"}
TASK = {
    "apiVersion": "kuscia.secretflow/v1alpha1",
    "kind": "KusciaTask",
    "metadata": {"name": "mine", "namespace": "clients", "labels": {"of": "clients"}},
    "spec": {
        "initiator": "alice",
        "taskInputConfig": "{}",
        "parties": [{"domainID": "alice", "appImageRef": "none"}],
    },
}
CONTAINER = {"name": "app", "image": "busybox:1.36", "command": ["sh", "-c", "echo hi; sleep 60"]}


@pytest.fixture(scope="module")
def api(control_plane):
    with config.new_client_from_config(str(control_plane)) as made:
        core: Any = client.CoreV1Api(made)
        core.create_namespace({"metadata": {"name": "clients"}})
        yield made
        core.delete_namespace("clients")


@pytest.fixture(scope="module")
def core(api):
    return client.CoreV1Api(api)


def test_the_python_client_creates_reads_patches_and_deletes_objects(core):
    made = core.create_namespaced_config_map("clients", {"metadata": {"name": "a"}})
    assert made.metadata.uid
    assert made.metadata.resource_version
    core.patch_namespaced_config_map("a", "clients", {"data": {"k": "v"}})
    assert core.read_namespaced_config_map("a", "clients").data == {"k": "v"}
    made.data = {"stale": "yes"}
    with pytest.raises(client.ApiException) as refused:
        core.replace_namespaced_config_map("a", "clients", made)
    assert (refused.value.status, refused.value.reason) == (409, "Conflict")
    core.delete_namespaced_config_map("a", "clients")
    with pytest.raises(client.ApiException) as absent:
        core.read_namespaced_config_map("a", "clients")
    assert absent.value.status == 404


def test_the_status_of_a_custom_object_is_written_by_its_subresource_only(api):
    custom: Any = client.CustomObjectsApi(api)
    custom.create_namespaced_custom_object(**CRD, namespace="clients", body=TASK)
    status = {"status": {"phase": "Running"}}
    custom.patch_namespaced_custom_object(**CRD, namespace="clients", name="mine", body=status)
    found = custom.get_namespaced_custom_object(**CRD, namespace="clients", name="mine")
    assert "status" not in found
    custom.patch_namespaced_custom_object_status(
        **CRD, namespace="clients", name="mine", body=status
    )
    listed = custom.list_namespaced_custom_object(
        **CRD, namespace="clients", label_selector="of=clients"
    )
    assert [task["status"]["phase"] for task in listed["items"]] == ["Running"]


def test_the_dynamic_python_client_finds_kinds_by_discovery(api):
    found: Any = dynamic.DynamicClient(api)
    tasks = found.resources.get(api_version="kuscia.secretflow/v1alpha1", kind="KusciaTask")
    assert tasks.namespaced
    assert "kt" in tasks.short_names
    assert found.resources.get(api_version="v1", kind="Pod").name == "pods"
    nodes = found.resources.get(api_version="v1", kind="Node").get()
    assert {node.metadata.name for node in nodes.items} >= {"simulated-1"}


def test_a_watch_of_the_python_client_continues_from_a_list(core):
    version = core.list_namespaced_config_map("clients").metadata.resource_version
    seen: list[Any] = []

    def follow():
        watcher: Any = watch.Watch()
        for event in watcher.stream(
            core.list_namespaced_config_map, "clients", resource_version=version, timeout_seconds=5
        ):
            seen.append((event["type"], event["object"].metadata.name))
            if len(seen) == 3:
                watcher.stop()

    following = threading.Thread(target=follow)
    following.start()
    core.create_namespaced_config_map("clients", {"metadata": {"name": "w"}})
    core.patch_namespaced_config_map("w", "clients", {"data": {"k": "v"}})
    core.delete_namespaced_config_map("w", "clients")
    following.join()
    assert seen == [("ADDED", "w"), ("MODIFIED", "w"), ("DELETED", "w")]


def test_the_python_client_binds_a_pod_reads_its_log_and_runs_a_command(core):
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [CONTAINER]}}
    core.create_namespaced_pod("clients", pod)
    target = {"kind": "Node", "name": "simulated-1"}
    binding = {"metadata": {"name": "p"}, "target": target}
    core.create_namespaced_pod_binding("p", "clients", binding, _preload_content=False)
    selector = "spec.nodeName=simulated-1,metadata.name=p"
    watcher: Any = watch.Watch()
    for event in watcher.stream(
        core.list_namespaced_pod, "clients", field_selector=selector, timeout_seconds=20
    ):
        if event["object"].status.phase == "Running":
            watcher.stop()
    assert core.read_namespaced_pod_log("p", "clients") == "hi\n"
    command = ["sh", "-c", "echo $HOSTNAME"]
    talk: Any = stream(
        core.connect_get_namespaced_pod_exec, "p", "clients", command=command,
        stdout=True, stderr=True, stdin=False, tty=False, _preload_content=False,
    )  # fmt: skip
    talk.run_forever(timeout=10)
    assert talk.read_stdout() == "p\n"
    assert talk.returncode == 0
    talk.sock.sock.close()
