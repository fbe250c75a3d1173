"""Tests the deletion of namespaces and of resource definitions.

They cover the objects that are deleted with them, the finalizers that hold them, and the writes
that are refused during the deletion.
"""

import asyncio

import orjson
import pytest
import yaml

from kuscia_conformance.apiserver.http.in_process import access_to
from kuscia_conformance.environment.virtual_clock import VirtualWorld
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.client import Api
from kuscia_conformance.simulated_nodes import kubelet, nodes
from tests.apiserver.given import DEFINITIONS, MERGE, TOKEN, config_map, told

NAMESPACES = "/api/v1/namespaces"
TASKS = "/apis/kuscia.secretflow/v1alpha1"


@pytest.fixture
def space(cluster):
    """Returns the path of a new namespace that contains 20 ConfigMaps and a Secret."""
    cluster.create(NAMESPACES, {"metadata": {"name": "space"}})
    cluster.settle()
    for number in range(20):
        cluster.create(f"{NAMESPACES}/space/configmaps", config_map(f"m{number}"))
    cluster.create(f"{NAMESPACES}/space/secrets", {"metadata": {"name": "s"}})
    return f"{NAMESPACES}/space"


def delete(cluster, path):
    answer = cluster.ask("DELETE", path)
    assert answer.code == 200
    cluster.settle()
    return orjson.loads(answer.body)


def change(cluster, path, body):
    answer = cluster.ask("PATCH", path, body, {"content-type": MERGE})
    assert answer.code == 200
    cluster.settle()


def test_a_new_namespace_gets_a_default_service_account(cluster, space):
    assert cluster.exists(f"{space}/serviceaccounts/default")


def test_a_deleted_default_service_account_is_created_again(cluster, space):
    delete(cluster, f"{space}/serviceaccounts/default")
    assert cluster.exists(f"{space}/serviceaccounts/default")


def test_the_deletion_of_a_namespace_deletes_its_objects(cluster, space):
    deleted = delete(cluster, space)
    assert deleted["status"]["phase"] == "Terminating"
    assert not cluster.exists(space)
    left = [key for each in cluster.server.store.collections.values() for key in each.objects]
    assert [key for key in left if key[0] == "space"] == []


def test_a_create_in_a_terminating_namespace_is_forbidden(cluster, space):
    change(cluster, f"{space}/configmaps/m1", {"metadata": {"finalizers": ["example.com/x"]}})
    delete(cluster, space)
    refused = told(cluster.ask("POST", f"{space}/configmaps", config_map("late")), 403)
    assert refused["reason"] == "Forbidden"
    assert "because it is being terminated" in refused["message"]


def test_an_object_held_by_a_finalizer_holds_its_namespace(cluster, space):
    change(cluster, f"{space}/configmaps/m1", {"metadata": {"finalizers": ["example.com/x"]}})
    delete(cluster, space)
    left = cluster.read(f"{space}/configmaps")["items"]
    assert [each["metadata"]["name"] for each in left] == ["m1"]
    change(cluster, f"{space}/configmaps/m1", {"metadata": {"finalizers": None}})
    assert not cluster.exists(space)


def test_a_finalizer_of_the_namespace_holds_it_after_it_is_empty(cluster, space):
    change(cluster, space, {"metadata": {"finalizers": ["example.com/x"]}})
    delete(cluster, space)
    assert cluster.read(f"{space}/configmaps")["items"] == []
    assert cluster.read(space)["spec"] == {}
    change(cluster, space, {"metadata": {"finalizers": None}})
    assert not cluster.exists(space)


def test_a_namespace_recreated_under_its_name_is_empty(cluster, space):
    delete(cluster, space)
    cluster.create(NAMESPACES, {"metadata": {"name": "space"}})
    cluster.settle()
    names = [each["metadata"]["name"] for each in cluster.read(f"{space}/configmaps")["items"]]
    assert set(names) <= {"kube-root-ca.crt"}
    assert cluster.exists(f"{space}/serviceaccounts/default")


def test_a_running_pod_holds_its_namespace_until_its_kubelet_has_ended_it(cluster, space):
    work = cluster.loop.create_task(serve_nodes(cluster))
    cluster.settle(5)
    containers = [{"name": "c", "image": "i"}]
    spec = {"nodeName": nodes.names(1)[0], "containers": containers}
    pod = {"metadata": {"name": "p"}, "spec": spec}
    cluster.create(f"{space}/pods", pod)
    cluster.settle(60)
    assert cluster.read(f"{space}/pods/p")["status"]["phase"] == "Running"
    delete(cluster, space)
    assert cluster.read(space)["status"]["phase"] == "Terminating"
    assert "deletionTimestamp" in cluster.read(f"{space}/pods/p")["metadata"]
    cluster.settle(60)
    assert not cluster.exists(space)
    work.cancel()
    cluster.run(asyncio.wait([work]))


async def serve_nodes(cluster):
    async with Api(access_to(cluster.server, TOKEN), "nodes") as api:
        kubelets = kubelet.Kubelets(VirtualWorld(api, cluster.loop))
        await kubelet.serve(kubelets, nodes.names(1), on_ready=lambda: None)


def test_the_cost_of_deleting_a_namespace_grows_at_most_linearly(cluster):
    few, many = (kinds_asked_for(cluster, count) for count in (10, 100))
    assert few > 0
    assert many <= 10 * few


def kinds_asked_for(cluster, count):
    """Counts the controller's passes over all kinds during the deletion of a namespace."""
    cluster.create(NAMESPACES, {"metadata": {"name": "big"}})
    cluster.settle()
    for number in range(count):
        cluster.create(f"{NAMESPACES}/big/configmaps", config_map(f"m{number}"))
    asked, controller = [], cluster.server.namespaces
    kinds = controller.kinds

    def counted():
        asked.append(1)
        return kinds()

    controller.kinds = counted
    delete(cluster, f"{NAMESPACES}/big")
    controller.kinds = kinds
    assert not cluster.exists(f"{NAMESPACES}/big")
    return len(asked)


# definitions


@pytest.fixture
def definition(cluster):
    """Returns the definition of KusciaTasks after installing it."""
    file = suite_folder("fixtures") / "crds" / "kusciatasks.yaml"
    definition = next(iter(yaml.safe_load_all(file.read_text())))
    cluster.create(DEFINITIONS, definition)
    cluster.settle()
    return definition


def task(name, **metadata):
    party = {"domainID": "alice", "appImageRef": "i"}
    spec = {"initiator": "alice", "taskInputConfig": "", "parties": [party]}
    said = {"apiVersion": "kuscia.secretflow/v1alpha1", "kind": "KusciaTask"}
    return {**said, "metadata": {"name": name, **metadata}, "spec": spec}


def path_of_tasks(definition):
    if definition["spec"]["scope"] == "Namespaced":
        return f"{TASKS}/namespaces/default/kusciatasks"
    return f"{TASKS}/kusciatasks"


def test_the_deletion_of_a_definition_removes_its_objects_and_paths(cluster, definition):
    path = path_of_tasks(definition)
    for number in range(5):
        cluster.create(path, task(f"t{number}"))
    delete(cluster, f"{DEFINITIONS}/{definition['metadata']['name']}")
    assert not cluster.exists(f"{DEFINITIONS}/{definition['metadata']['name']}")
    assert cluster.ask("GET", path).body == b"404 page not found\n"
    assert cluster.server.store.collection(("kuscia.secretflow", "kusciatasks")).objects == {}


def test_a_deleted_definition_waits_for_objects_held_by_finalizers(cluster, definition):
    path, name = path_of_tasks(definition), definition["metadata"]["name"]
    cluster.create(path, task("held", finalizers=["example.com/x"]))
    delete(cluster, f"{DEFINITIONS}/{name}")
    assert "deletionTimestamp" in cluster.read(f"{DEFINITIONS}/{name}")["metadata"]
    change(cluster, f"{path}/held", {"metadata": {"finalizers": None}})
    assert not cluster.exists(f"{DEFINITIONS}/{name}")


def test_a_recreated_definition_starts_empty_and_serves_new_objects(cluster, definition):
    path, name = path_of_tasks(definition), definition["metadata"]["name"]
    cluster.create(path, task("old"))
    delete(cluster, f"{DEFINITIONS}/{name}")
    cluster.create(DEFINITIONS, definition)
    cluster.settle()
    assert cluster.read(path)["items"] == []
    assert cluster.create(path, task("new"))["metadata"]["name"] == "new"
