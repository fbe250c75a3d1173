"""The room of nodes, and whether more of it was taken than there was."""

from datetime import UTC, datetime

from kuscia_conformance.clusters.borrowed_nodes import SLOT
from kuscia_conformance.environment.journal import Version
from kuscia_conformance.kube.objects import NODES, PODS
from kuscia_conformance.scenario.capacity import overcommitted, plain_pod, set_cpu

T = datetime(2024, 1, 1, tzinfo=UTC)


def node(room, cpu="16"):
    status = {"allocatable": {SLOT: str(room), "cpu": cpu}}
    obj = {"metadata": {"name": "n"}, "status": status}
    return Version(T, "MODIFIED", NODES, obj, obj)


def pod(name, where="n", phase="Running", event="MODIFIED", cpu=None):
    obj = plain_pod(name, "alice", where, None)
    if cpu:
        set_cpu(obj, cpu)
    obj["status"] = {"phase": phase}
    return Version(T, event, PODS, obj, obj)


def test_as_many_as_there_is_room_for_are_not_too_many():
    assert not [*overcommitted([node(2), pod("a"), pod("b")])]


def test_one_more_is_told_with_those_that_are_there():
    assert [*overcommitted([node(1), pod("a"), pod("b")])] == [
        f"n has 1 of {SLOT}, and alice/a, alice/b ask for 2"
    ]


def test_what_has_ended_or_is_gone_takes_nothing():
    assert not [*overcommitted([node(1), pod("a"), pod("a", phase="Failed"), pod("b")])]
    assert not [*overcommitted([node(1), pod("a"), pod("a", event="DELETED"), pod("b")])]


def test_what_is_not_bound_takes_nothing():
    assert not [*overcommitted([node(1), pod("a"), pod("b", where="")])]


def test_a_node_that_shrinks_under_its_pods_is_nobodys_fault_but_what_comes_later_is():
    assert not [*overcommitted([node(2), pod("a"), pod("b"), node(1)])]
    assert [*overcommitted([node(2), pod("a"), node(1), pod("b")])]


def test_cpu_counts_too():
    assert [*overcommitted([node(9, cpu="1"), pod("a", cpu=1), pod("b", cpu=1)])]
