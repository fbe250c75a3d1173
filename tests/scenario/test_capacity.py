"""Tests the check for over-committed nodes."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.objects import NODES, PODS
from kuscia_conformance.scenario.capacity import overcommitted, plain_pod, set_request

T = datetime(2024, 1, 1, tzinfo=UTC)


def node(room, cpu="16"):
    status = {"allocatable": {SLOT: str(room), "cpu": cpu, "pods": "110"}}
    obj = {"metadata": {"name": "n"}, "status": status}
    return Version(T, "MODIFIED", NODES, obj, obj)


def pod(name, where="n", phase="Running", event="MODIFIED", cpu=None):
    obj = plain_pod(name, "alice", where, None)
    if cpu:
        set_request(obj, "cpu", cpu)
    obj["status"] = {"phase": phase}
    return Version(T, event, PODS, obj, obj)


def test_pods_that_use_all_the_room_are_allowed():
    assert not [*overcommitted([node(2), pod("a"), pod("b")])]


def test_too_many_pods_on_a_node_are_reported_by_name():
    assert [*overcommitted([node(1), pod("a"), pod("b")])] == [
        f"n has 1 of {SLOT}, its pods ask for 2: alice/a 1, alice/b 1"
    ]


def test_ended_and_deleted_pods_use_no_room():
    assert not [*overcommitted([node(1), pod("a"), pod("a", phase="Failed"), pod("b")])]
    assert not [*overcommitted([node(1), pod("a"), pod("a", event="DELETED"), pod("b")])]


def test_an_unbound_pod_uses_no_room():
    assert not [*overcommitted([node(1), pod("a"), pod("b", where="")])]


def test_only_pods_bound_after_a_node_has_shrunk_are_reported():
    assert not [*overcommitted([node(2), pod("a"), pod("b"), node(1)])]
    assert [*overcommitted([node(2), pod("a"), node(1), pod("b")])]


def test_too_much_cpu_on_a_node_is_reported():
    assert [*overcommitted([node(9, cpu="1"), pod("a", cpu=1), pod("b", cpu=1)])]


@pytest.mark.parametrize("resource", ["memory", "ephemeral-storage", "example.com/device", "pods"])
def test_too_much_of_any_resource_on_a_node_is_reported(resource):
    there = node(9)
    there.object["status"]["allocatable"][resource] = "1"
    pods = [pod("a"), pod("b")]
    for each in pods if resource != "pods" else ():
        set_request(each.object, resource, Decimal(1))
    assert [*overcommitted([there, *pods])] == [
        f"n has 1 of {resource}, its pods ask for 2: alice/a 1, alice/b 1"
    ]


def test_a_resource_that_no_pod_asks_for_is_not_looked_at():
    there = node(9)
    there.object["status"]["allocatable"]["memory"] = "0"
    assert not [*overcommitted([there, pod("a"), pod("b")])]
