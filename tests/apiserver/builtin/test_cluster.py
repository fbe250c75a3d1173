"""Namespaces and nodes, and what there is on a fresh server."""

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


def test_a_new_namespace_is_active_held_and_labelled_with_its_name() -> None:
    kept = created(NAMESPACES, {**namespace(), "status": {"phase": "Terminating"}})
    assert kept["metadata"]["labels"] == LABELS
    assert kept["spec"] == {"finalizers": ["kubernetes"]}
    assert kept["status"] == {"phase": "Active"}
    assert strategies()[NAMESPACES].fields(kept) == {"status.phase": "Active"}


def test_a_namespace_keeps_finalizers_of_others() -> None:
    kept = created(NAMESPACES, namespace(finalizers=["a.com/b"]))
    assert kept["spec"]["finalizers"] == ["a.com/b", "kubernetes"]


def test_a_namespace_cannot_lose_its_label_its_finalizer_or_its_phase() -> None:
    old = created(NAMESPACES, namespace())
    new = {**namespace(finalizers=[]), "status": {"phase": "Terminating"}}
    assert updated(NAMESPACES, old, new) == (old, [])


def test_only_finalize_takes_finalizers_away() -> None:
    old = created(NAMESPACES, namespace())
    kept, causes = updated(NAMESPACES, old, namespace(finalizers=[]), "finalize")
    assert (kept["spec"], kept["status"], causes) == ({}, {"phase": "Active"}, [])


def test_a_namespace_is_on_its_way_out_only_if_it_is_deleted() -> None:
    old = created(NAMESPACES, namespace())
    new = {**old, "status": {"phase": "Terminating"}}
    said = "may only be 'Active' if `deletionTimestamp` is empty"
    causes = updated(NAMESPACES, old, new, "status")[1]
    assert causes == [f'status.Phase: Invalid value: "Terminating": {said}']
    deleted = {**new, "metadata": {**new["metadata"], "deletionTimestamp": "2026"}}
    assert updated(NAMESPACES, old, deleted, "status")[1] == []


def test_a_finalizer_of_a_namespace_says_whose_it_is() -> None:
    said = 'Invalid value: "a": name is neither a standard finalizer name nor is it fully qualified'
    assert causes_of(NAMESPACES, namespace(finalizers=["a"])) == [f"spec.finalizers: {said}"]


def test_a_node_gets_what_go_writes_of_its_status() -> None:
    kept = created(NODES, node({"capacity": {"cpu": "1000m"}}, podCIDR="10.1.0.0/24"))
    status = kept["status"]
    assert status["capacity"] == status["allocatable"] == {"cpu": "1"}
    assert status["daemonEndpoints"] == {"kubeletEndpoint": {"Port": 0}}
    assert set(status["nodeInfo"].values()) == {""}
    assert kept["spec"]["podCIDRs"] == ["10.1.0.0/24"]


def test_spec_and_status_of_a_node_are_written_apart() -> None:
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
def test_what_is_wrong_with_a_node_is_said(spec: Obj, said: str) -> None:
    assert causes_of(NODES, node(**spec)) == [said]


def test_the_network_of_a_node_stays() -> None:
    old = created(NODES, node(podCIDR="10.1.0.0/24"))
    new = node(podCIDR="10.2.0.0/24")
    said = 'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'
    assert updated(NODES, old, new)[1] == [said]


def test_nodes_are_selected_by_whether_they_take_pods() -> None:
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
def test_what_is_there_from_the_beginning_is_complete_and_valid(obj: Obj) -> None:
    strategy, before = strategies()[KEYS[obj["kind"]]], repr(obj)
    strategy.default(obj, context())
    assert repr(obj) == before
    assert not strategy.validate(obj, None, "")


def test_each_namespace_has_an_account_from_the_beginning() -> None:
    objects = default_objects(NOW)
    names = [obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"]
    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]
    assert [service_account(name, NOW) for name in names] == [
        obj for obj in objects if obj["kind"] == "ServiceAccount"
    ]


def test_the_servers_own_service_leads_to_its_port() -> None:
    [service] = [obj for obj in default_objects(NOW, 1234) if obj["kind"] == "Service"]
    assert service["spec"]["clusterIP"] == "10.96.0.1"
    assert service["spec"]["ports"][0]["targetPort"] == 1234
