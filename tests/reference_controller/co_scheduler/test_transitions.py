"""Tests the decisions of the co-scheduler: reservations, bindings and explanations."""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuscia_conformance.kube.kuscia import TASK_RESOURCES
from kuscia_conformance.kube.objects import NAMESPACES, NODES, PODS, name_of
from reference_controller.actions import Bind, Patch, PatchStatus
from reference_controller.cache import Cache
from reference_controller.co_scheduler.controller import CoScheduler
from reference_controller.co_scheduler.fit import node_with_room, obstacle, place, requests_of
from reference_controller.co_scheduler.seen import Gang, Seen
from reference_controller.co_scheduler.transitions import MACHINE
from reference_controller.task_resource.seen import reservation_of
from tests.reference_controller.scheduling import SLOT, P, S, T, node, pod, resource

#: Typed as Any, because the actions of a decision have several types and each test knows its own.
machine: Any = MACHINE

ROOM = node_with_room(node(), [])
FULL = node_with_room(node(slots="0"), [])


def gang(phase="Reserving", *names, held=None, name="psi-a1", need=1, bound=0):
    pods = tuple(pod(name=each, resource=name) for each in names or ("psi-0",))
    return Gang(
        resource(phase=phase, held=held and json.dumps(held), name=name, need=need), pods, bound
    )


SEEN = Seen(T, "alice", gangs=(gang(),), nodes=(ROOM,))


def taken(seen):
    found = machine.decide(seen)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("changes", "transition"),
    [
        pytest.param({}, "reserve", id="there is room"),
        pytest.param(
            {"gangs": (gang("Reserved", held={"psi-0": "node-1"}),)},
            None,
            id="the gang holds its reservation",
        ),
        pytest.param(
            {"gangs": (gang("Schedulable", held={"psi-0": "node-1"}),)},
            "bind",
            id="the gang is schedulable",
        ),
        pytest.param(
            {"gangs": (gang("Schedulable"),)},
            "bind_further",
            id="schedulable without a reservation",
        ),
        pytest.param({"gangs": (gang("Failed"),)}, "explain", id="failed in this round"),
        pytest.param({"gangs": (gang("Pending"),)}, "explain", id="pending before a round"),
        pytest.param(
            {"gangs": (), "strays": ((pod(), "waiting for task resource"),)},
            "explain",
            id="the task resource does not exist",
        ),
        pytest.param({"nodes": (FULL,)}, "explain", id="the node is full"),
        pytest.param({"nodes": ()}, "explain", id="the domain has no node"),
        pytest.param(
            {"gangs": (gang("Reserving", "psi-0", "psi-1", need=2),)},
            "reject",
            id="room for fewer pods than needed",
        ),
        pytest.param(
            {"gangs": (gang("Reserving", "psi-0", "psi-1", need=1),)},
            "reserve",
            id="room for as many pods as needed",
        ),
        pytest.param({"gangs": (gang(need=2),)}, None, id="fewer pods exist than needed"),
        pytest.param(
            {"gangs": (gang("Reserved", held={"psi-0": "gone"}),)},
            "withdraw",
            id="the node of the reservation is gone",
        ),
        pytest.param(
            {
                "gangs": (gang("Reserved", held={"psi-0": "node-1"}),),
                "nodes": (ROOM.without([{SLOT: Decimal(2)}]),),
            },
            "withdraw",
            id="the node of the reservation has shrunk",
        ),
        pytest.param(
            {
                "gangs": (gang("Reserved", held={"psi-0": "node-1"}),),
                "nodes": (node_with_room(node(ready="Unknown"), []),),
            },
            "withdraw",
            id="the node of the reservation is not ready",
        ),
        pytest.param(
            {
                "gangs": (gang("Reserved", held={"psi-0": "node-1"}),),
                "nodes": (ROOM.without([{"elsewhere/gpu": Decimal(1)}]),),
            },
            None,
            id="the node lacks a resource that no pod requests",
        ),
        pytest.param({"gangs": (), "singles": (pod(),)}, "bind_single", id="a pod without a gang"),
        pytest.param(
            {"gangs": (gang("Schedulable", "psi-1", need=2, bound=1),)},
            "bind_further",
            id="the remaining pods of a gang",
        ),
        pytest.param(
            {"gangs": (gang("Schedulable", "psi-0", "psi-1", need=2),)},
            "explain",
            id="room for fewer pods than the minimum",
        ),
    ],
)
def test_the_scheduler_decides_on_the_expected_transition(changes, transition):
    assert taken(replace(SEEN, **changes)) == transition


def test_pods_are_bound_to_the_nodes_reserved_for_them():
    held = {"psi-0": "node-1", "psi-1": "node-2"}
    seen = replace(
        SEEN,
        gangs=(gang("Schedulable", "psi-0", "psi-1", held=held),),
        nodes=(ROOM, node_with_room(node("node-2"), [])),
    )
    _, decision = machine.decide(seen)
    [binds] = decision.stages
    assert all(isinstance(bind, Bind) for bind in binds)
    assert {name_of(bind.pod): bind.node for bind in binds} == held


def test_the_older_gang_gets_the_room_and_a_small_one_need_not_wait():
    old, young, small = gang(name="a"), gang(name="b"), gang(name="c")
    big = gang("Reserving", "x-0", "x-1", name="0-big", need=2)
    _, decision = machine.decide(replace(SEEN, gangs=(old, young)))
    assert [name_of(patch.seen) for patch in decision.stages[0]] == ["a"]
    _, decision = machine.decide(replace(SEEN, gangs=(big, small)))
    assert [name_of(patch.seen) for patch in decision.stages[0]] == ["c"]


def test_the_younger_gang_loses_its_reservation_on_a_node_that_has_shrunk():
    old, young = (gang("Reserved", held={"psi-0": "node-1"}, name=name) for name in "ab")
    shrunk = ROOM.without([requests_of(pod())] * 2)
    _, decision = machine.decide(replace(SEEN, gangs=(old, young), nodes=(shrunk,)))
    [[patch]] = decision.stages
    assert (name_of(patch.seen), patch.patch["status"]["phase"]) == ("b", "Failed")


def test_a_schedulable_gang_keeps_its_phase_without_its_reservation():
    seen = replace(SEEN, gangs=(gang("Schedulable", held={"psi-0": "gone"}),))
    _, decision = machine.decide(seen)
    [[patch]] = decision.stages
    assert patch.patch == {"metadata": {"annotations": {P + "reservation": None}}}


def test_pods_bound_without_a_reservation_share_the_free_room():
    gangs = (
        gang("Schedulable", "a-0", "a-1", name="a"),
        gang("Schedulable", "b-0", "b-1", name="b", need=2),
        gang("Schedulable", "c-0", name="c", need=2, bound=1),
    )
    nodes = (ROOM, node_with_room(node("node-2", slots="2"), []))
    _, decision = machine.decide(replace(SEEN, gangs=gangs, nodes=nodes))
    [binds] = decision.stages
    # b has room for one of its two pods: neither is bound, and the next gang gets the room
    assert [(name_of(bind.pod), bind.node) for bind in binds] == [
        ("a-0", "node-1"),
        ("a-1", "node-2"),
        ("c-0", "node-2"),
    ]


def test_of_two_groups_of_one_age_the_same_goes_first_in_every_domain():
    """The order by resource name would depend on its hash, which differs between domains."""
    first, second = gang(name="psi-a0"), gang(name="psi-2-0a")
    for each, group in ((first, "psi"), (second, "psi-2")):
        each.resource["metadata"]["annotations"][P + "task-resource-group"] = group
    assert first.age < second.age


def test_the_reason_why_a_pod_waits_is_written_once():
    _, decision = machine.decide(replace(SEEN, nodes=(FULL,)))
    [[write]] = decision.stages
    assert isinstance(write, PatchStatus)
    [condition] = write.status["conditions"]
    assert condition["reason"] == "Unschedulable"
    assert condition["message"] == f"domain alice has no room: 1 node that lacks {SLOT}"
    told = pod()
    told["status"]["conditions"] = [condition]
    assert taken(replace(SEEN, nodes=(FULL,), gangs=(Gang(resource(), (told,)),))) is None
    # another reason: the message changes, but the transition time stays
    seen = replace(SEEN, now=T + S, nodes=(), gangs=(Gang(resource(), (told,)),))
    _, decision = machine.decide(seen)
    [[write]] = decision.stages
    assert write.status["conditions"] == [
        {**condition, "message": "domain alice has no room: no node serves it"}
    ]


def test_a_pod_that_lacks_room_gets_no_message_about_the_phase():
    """Otherwise the condition of the pod would change with every round (VW-18)."""
    _, decision = machine.decide(replace(SEEN, gangs=(gang("Failed"),)))
    [[write]] = decision.stages
    [condition] = write.status["conditions"]
    what = "task resource alice/psi-a1 status phase is Failed"
    assert condition["message"] == f"{what}, skip scheduling pod"
    told = pod()
    told["status"]["conditions"] = [{**condition, "message": "no room"}]
    assert taken(replace(SEEN, gangs=(Gang(resource(phase="Failed"), (told,)),))) is None


@pytest.mark.parametrize(
    ("changed_pod", "changed_node", "why"),
    [
        (pod(), node(), ""),
        (pod(slots="2"), node(), f"lacks {SLOT}"),
        (pod(slots=""), node(slots="0"), ""),
        (pod(), node(pods="0"), "lacks pods"),
        (pod(), node(unschedulable=True), "is cordoned"),
        (pod(), node(ready="False"), "is not ready"),
        (pod(), node(ready="Unknown"), "is not ready"),
        (pod(), node(domain="bob"), "the pod does not select"),
        (
            pod(),
            node(taints=[{"key": "x", "effect": "NoSchedule"}]),
            "has the taint x:NoSchedule",
        ),
        (pod(), node(taints=[{"key": "x", "effect": "PreferNoSchedule"}]), ""),
        (
            pod(tolerations=[{"key": "x", "operator": "Exists"}]),
            node(taints=[{"key": "x", "effect": "NoExecute"}]),
            "",
        ),
        (
            pod(initContainers=[{"name": "i", "resources": {"requests": {SLOT: "2"}}}]),
            node(),
            f"lacks {SLOT}",
        ),
    ],
)
def test_an_obstacle_between_a_pod_and_a_node_is_named(changed_pod, changed_node, why):
    assert obstacle(changed_pod, node_with_room(changed_node, [])) == why


def test_four_pods_on_one_node_use_four_slots():
    room = node_with_room(node(slots="5"), [requests_of(pod())] * 4)
    assert room.free[SLOT] == 1


def observed(*, nodes, pods, resources, namespaces=()):
    """Returns the observation of domain alice in a cache with these objects."""
    cache = Cache()
    kinds = (NODES, nodes), (PODS, pods), (TASK_RESOURCES, resources), (NAMESPACES, namespaces)
    for kind, objects in kinds:
        for number, obj in enumerate(objects):
            meta = obj["metadata"]
            meta.setdefault("uid", f"{kind.plural}-{number}-{meta['name']}")
            meta["resourceVersion"] = "1"
            cache.put(kind, obj)
    return CoScheduler().observe(cache, "alice", T)


def test_bound_ending_and_reserved_pods_use_the_room_of_a_node():
    ended = pod(name="ended-0", node="node-1", resource="")
    ended["status"]["phase"] = "Succeeded"
    ending = pod(name="ending-0", node="node-1", resource="")
    ending["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z"
    seen = observed(
        nodes=[node(slots="9")],
        pods=[pod(name="waits-0"), pod(name="held-0", resource="held"), ended, ending]
        + [pod(name=f"bound-{n}", node="node-1", resource="") for n in range(3)],
        resources=[
            resource(),
            resource(name="held", phase="Reserved", held=json.dumps({"held-0": "node-1"})),
            resource(name="late", phase="Failed", held=json.dumps({"waits-0": "node-1"})),
        ],
    )
    # nine slots, minus three bound pods, one that is terminating, and one reservation
    assert seen.nodes[0].free[SLOT] == 4


def test_a_reservation_ends_when_its_pod_is_bound_or_gone():
    held = json.dumps({"psi-0": "node-1", "psi-9": "node-1"})
    seen = observed(
        nodes=[node(slots="9")],
        pods=[pod(name="psi-0", node="node-1"), pod(name="psi-1")],
        resources=[resource(phase="Schedulable", held=held)],
    )
    assert seen.nodes[0].free[SLOT] == 8
    assert seen.gangs[0].bound == 1


def test_a_reservation_of_another_domain_uses_the_room_of_a_node():
    """The node may have belonged to bob before it belonged to alice."""
    seen = observed(
        nodes=[node(slots="9"), node("node-2", slots="9")],
        pods=[pod(), pod("bob", name="held-0", slots="2", resource="held")],
        resources=[
            resource(),
            resource("bob", "Reserved", name="held", held=json.dumps({"held-0": "node-1"})),
        ],
    )
    assert [room.free[SLOT] for room in seen.nodes] == [7, 9]


def test_pods_of_other_schedulers_use_room_but_are_not_scheduled():
    foreign = pod(name="foreign-0", node="node-1", resource="", schedulerName="default-scheduler")
    waiting = pod(name="foreign-1", resource="", schedulerName="default-scheduler")
    seen = observed(nodes=[node(slots="9")], pods=[pod(), foreign, waiting], resources=[resource()])
    assert seen.nodes[0].free[SLOT] == 8
    assert seen.singles == ()
    assert observed(nodes=[node()], pods=[foreign, waiting], resources=[]) is None


def test_a_pod_without_a_valid_task_resource_is_in_no_gang():
    unlabelled = pod(name="psi-1")
    unlabelled["metadata"]["labels"] = {}
    fresh, early = pod(name="psi-2", resource=""), pod(name="psi-3", resource="later")
    seen = observed(nodes=[node()], pods=[pod(), unlabelled, fresh, early], resources=[resource()])
    assert [name_of(each) for each in seen.gangs[0].waiting] == ["psi-0"]
    assert {name_of(each): why for each, why in seen.strays} == {
        "psi-1": "failed to get task resource alice/psi-a1 uid in pod labels",
        "psi-3": "waiting for task resource",
    }


@pytest.mark.parametrize(("role", "is_ours"), [("partner", False), ("", True)])
def test_pods_in_the_domain_of_a_partner_are_not_scheduled(role, is_ours):
    alice = {"metadata": {"name": "alice", "labels": {P + "role": role}}}
    seen = observed(nodes=[node()], pods=[pod()], resources=[resource()], namespaces=[alice])
    assert (seen is not None) == is_ours


def test_the_request_of_a_pod_is_the_maximum_of_init_and_main_containers():
    first, second = ({"name": n, "resources": {"requests": {SLOT: n}}} for n in ("2", "3"))
    beside = [{"name": n, "resources": {"requests": {SLOT: "1", "cpu": "500m"}}} for n in "ab"]
    asked = requests_of(pod(containers=beside, initContainers=[first, second]))
    assert asked == {SLOT: 3, "cpu": 1, "pods": 1}


AMOUNTS = st.integers(0, 3)


@given(
    st.lists(AMOUNTS, max_size=4),
    st.lists(st.tuples(st.lists(AMOUNTS, min_size=1, max_size=4), st.integers(1, 4)), max_size=5),
)
def test_a_reservation_never_exceeds_the_room_nor_misses_the_minimum(rooms, gangs):
    nodes = tuple(
        node_with_room(node(f"node-{n}", slots=str(slots)), []) for n, slots in enumerate(rooms)
    )
    seen = Seen(T, "alice", tuple(_made(n, *each) for n, each in enumerate(gangs)), nodes=nodes)
    found = machine.decide(seen)
    assert found == machine.decide(seen)
    if not found or found[0] != "reserve":
        return
    decision = found[1]
    used: Counter[str] = Counter()
    by_name = {name_of(each.resource): each for each in seen.gangs}
    for patch in decision.stages[0]:
        assert isinstance(patch, Patch)
        mine = by_name[name_of(patch.seen)]
        held = json.loads(patch.patch["metadata"]["annotations"][P + "reservation"])
        assert len(held) >= mine.need
        for each in mine.waiting:
            if name_of(each) in held:
                used[held[name_of(each)]] += int(requests_of(each).get(SLOT, 0))
    for room in nodes:
        assert used[room.name] <= room.free[SLOT]


def _made(number, amounts, need):
    pods = tuple(
        pod(name=f"g{number}-{n}", slots=str(slots), resource=f"g{number}")
        for n, slots in enumerate(amounts)
    )
    return Gang(resource(name=f"g{number}", need=min(need, len(pods))), pods)


def test_pods_are_placed_in_the_order_of_names_on_all_nodes():
    nodes = [node_with_room(node(f"node-{n}"), []) for n in range(3)]
    placed, left = place([pod(name=f"p-{n}") for n in range(4)], nodes)
    assert placed == {"p-0": "node-0", "p-1": "node-1", "p-2": "node-2"}
    assert all(room.free[SLOT] == 0 for room in left)


def test_an_event_queues_only_the_domains_that_it_affects():
    cache, scheduler = Cache(), CoScheduler()
    shared = node(domain="bob")
    shared["metadata"] |= {"uid": "n", "resourceVersion": "1"}
    cache.put(NODES, shared)
    assert list(scheduler.keys(NODES, shared, cache)) == ["bob"]
    assert set(scheduler.keys(PODS, pod(), cache)) == {"alice"}
    assert set(scheduler.keys(PODS, pod(node="node-1"), cache)) == {"alice", "bob"}
    others = pod("carol", schedulerName="default-scheduler")
    assert set(scheduler.keys(PODS, others, cache)) == set()
    assert list(scheduler.keys(TASK_RESOURCES, resource("bob"), cache)) == ["bob"]


def test_a_written_reservation_is_read_back_unchanged():
    _, decision = machine.decide(SEEN)
    [[patch]] = decision.stages
    annotations = patch.patch["metadata"]["annotations"]
    written = resource(phase="Reserved", held=annotations[P + "reservation"])
    assert reservation_of(written) == {"psi-0": "node-1"}
