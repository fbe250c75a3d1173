"""Tests namespaces, nodes and the objects that exist on a fresh server."""

from __future__ import annotations

from typing import Any

import pytest

from kuscia_conformance.apiserver.builtin import default_objects, service_account, strategies
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import NOW, causes_of, context, created, updated

NAMESPACES, NODES = ("", "namespaces"), ("", "nodes")
LABELS = {"kubernetes.io/metadata.name": "n"}


def namespace(**spec: Any) -> Obj:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}, "spec": spec}


def node(status: Obj | None = None, **spec: Any) -> Obj:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": spec,
            "status": status or {}}  # fmt: skip


def test_a_new_namespace_is_active_and_has_its_finalizer_and_name_label() -> None:
    kept = created(NAMESPACES, {**namespace(), "status": {"phase": "Terminating"}})
    assert kept["metadata"]["labels"] == LABELS
    assert kept["spec"] == {"finalizers": ["kubernetes"]}
    assert kept["status"] == {"phase": "Active"}
    assert strategies()[NAMESPACES].fields(kept) == {"status.phase": "Active"}


def test_a_new_namespace_keeps_the_finalizers_of_its_writer() -> None:
    kept = created(NAMESPACES, namespace(finalizers=["a.com/b"]))
    assert kept["spec"]["finalizers"] == ["a.com/b", "kubernetes"]


def test_an_update_of_a_namespace_changes_no_label_finalizer_or_phase() -> None:
    old = created(NAMESPACES, namespace())
    new = {**namespace(finalizers=[]), "status": {"phase": "Terminating"}}
    assert updated(NAMESPACES, old, new) == (old, [])


def test_the_finalize_subresource_removes_finalizers_of_a_namespace() -> None:
    old = created(NAMESPACES, namespace())
    kept, causes = updated(NAMESPACES, old, namespace(finalizers=[]), "finalize")
    assert (kept["spec"], kept["status"], causes) == ({}, {"phase": "Active"}, [])


def test_a_namespace_may_be_terminating_only_if_it_is_deleted() -> None:
    old = created(NAMESPACES, namespace())
    new = {**old, "status": {"phase": "Terminating"}}
    said = "may only be 'Active' if `deletionTimestamp` is empty"
    causes = updated(NAMESPACES, old, new, "status")[1]
    assert causes == [f'status.Phase: Invalid value: "Terminating": {said}']
    deleted = {**new, "metadata": {**new["metadata"], "deletionTimestamp": "2026"}}
    assert updated(NAMESPACES, old, deleted, "status")[1] == []


def test_a_finalizer_of_a_namespace_must_be_a_qualified_name() -> None:
    said = 'Invalid value: "a": name is neither a standard finalizer name nor is it fully qualified'
    assert causes_of(NAMESPACES, namespace(finalizers=["a"])) == [f"spec.finalizers: {said}"]


def test_a_new_node_gets_the_status_fields_that_golang_always_writes() -> None:
    kept = created(NODES, node({"capacity": {"cpu": "1000m"}}, podCIDR="10.1.0.0/24"))
    status = kept["status"]
    assert status["capacity"] == status["allocatable"] == {"cpu": "1"}
    assert status["daemonEndpoints"] == {"kubeletEndpoint": {"Port": 0}}
    assert set(status["nodeInfo"].values()) == {""}
    assert kept["spec"]["podCIDRs"] == ["10.1.0.0/24"]


def test_spec_and_status_of_a_node_are_updated_separately() -> None:
    old = created(NODES, node())
    changed = created(NODES, node({"capacity": {"cpu": "1"}}, unschedulable=True))
    assert updated(NODES, old, changed)[0] == {**old, "spec": changed["spec"]}
    assert updated(NODES, old, changed, "status")[0] == {**old, "status": changed["status"]}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"taints": [{"key": "a"}]}, "metadata.taints[0].effect: Required value"),
        (
            {"taints": [{"key": "a", "effect": "x"}]},
            (
                'metadata.taints[0].effect: Unsupported value: "x": supported values: '
                '"NoSchedule", "PreferNoSchedule", "NoExecute"'
            ),
        ),
        (
            {"taints": [{"key": "a", "effect": "NoSchedule"}] * 2},
            (
                'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule",'
                '"TimeAdded":null}: taints must be unique by key and effect pair'
            ),
        ),
        (
            {"podCIDR": "x"},
            (
                'spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. '
                "10.9.8.0/24 or 2001:db8::/64)"
            ),
        ),
    ],
)
def test_an_invalid_node_is_refused_with_its_cause(spec: Obj, said: str) -> None:
    assert causes_of(NODES, node(**spec)) == [said]


def test_the_pod_network_of_a_node_cannot_be_changed() -> None:
    old = created(NODES, node(podCIDR="10.1.0.0/24"))
    new = node(podCIDR="10.2.0.0/24")
    said = 'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'
    assert updated(NODES, old, new)[1] == [said]


def test_nodes_are_selectable_by_spec_unschedulable() -> None:
    fields = strategies()[NODES].fields
    assert fields(node(unschedulable=True)) == {"spec.unschedulable": "true"}
    assert fields(node()) == {"spec.unschedulable": "false"}


KEYS = {
    "Namespace": NAMESPACES,
    "PriorityClass": ("scheduling.k8s.io", "priorityclasses"),
    "Service": ("", "services"),
    "ServiceAccount": ("", "serviceaccounts"),
}


@pytest.mark.parametrize("obj", default_objects(NOW), ids=lambda obj: obj["metadata"]["name"])
def test_the_default_objects_are_complete_and_valid(obj: Obj) -> None:
    strategy, before = strategies()[KEYS[obj["kind"]]], repr(obj)
    strategy.default(obj, context())
    assert repr(obj) == before
    assert not strategy.validate(obj, None, "")


def test_each_default_namespace_has_a_service_account() -> None:
    objects = default_objects(NOW)
    names = [obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"]
    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]
    assert [service_account(name, NOW) for name in names] == [
        obj for obj in objects if obj["kind"] == "ServiceAccount"
    ]


def test_the_kubernetes_service_targets_the_port_of_the_server() -> None:
    [service] = [obj for obj in default_objects(NOW, 1234) if obj["kind"] == "Service"]
    assert service["spec"]["clusterIP"] == "10.96.0.1"
    assert service["spec"]["ports"][0]["targetPort"] == 1234
