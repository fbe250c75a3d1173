"""Tests the admission of pods by a simulated kubelet."""

import pytest

from kuscia_conformance.simulated_nodes.admission import Rejection, rejection
from tests.simulated_nodes.pods import SLOT, asking, container, node, pod

NO_EXECUTE = {"key": "out", "value": "yes", "effect": "NoExecute"}
NO_SCHEDULE = {"key": "out", "value": "yes", "effect": "NoSchedule"}


def out_of(name, asked, used, room):
    said = f"requested: {asked}, used: {used}, capacity: {room}"
    message = f"Pod was rejected: Node didn't have enough resource: {name}, {said}"
    return Rejection(f"OutOf{name}", message)


@pytest.mark.parametrize(
    ("asked", "room", "others", "refused"),
    [
        pytest.param({"cpu": "1"}, {}, [], None, id="room"),
        pytest.param({"cpu": "2"}, {"cpu": "2"}, [], None, id="exactly enough room"),
        pytest.param(
            {"cpu": "2"}, {"cpu": "1"}, [], out_of("cpu", 2000, 0, 1000), id="cpu in thousandths"
        ),
        pytest.param(
            {"cpu": "100m"},
            {"cpu": "1"},
            [{"cpu": "500m"}, {"cpu": "450m"}],
            out_of("cpu", 100, 950, 1000),
            id="other pods use cpu",
        ),
        pytest.param(
            {"memory": "1Gi"},
            {"memory": "512Mi"},
            [],
            out_of("memory", 2**30, 0, 2**29),
            id="memory",
        ),
        pytest.param(
            {"cpu": "1e9999"}, {"cpu": "1"}, [], out_of("cpu", 2**63 - 1, 0, 1000), id="huge"
        ),
        pytest.param({SLOT: "1"}, {SLOT: "0"}, [], out_of(SLOT, 1, 0, 0), id="extended resource"),
        pytest.param({SLOT: "1"}, {}, [], None, id="a resource that the node does not have"),
        pytest.param(
            {SLOT: "1"},
            {SLOT: "1"},
            [{SLOT: "1"}],
            out_of(SLOT, 1, 1, 1),
            id="other pods use the extended resource",
        ),
        pytest.param({}, {"pods": "1"}, [{}], out_of("pods", 1, 1, 1), id="pods"),
        pytest.param(
            {"cpu": "9", SLOT: "9"},
            {"cpu": "1", SLOT: "1"},
            [],
            out_of("cpu", 9000, 0, 1000),
            id="only the first resource is reported",
        ),
    ],
)
def test_a_pod_is_rejected_if_a_resource_of_the_node_is_not_enough(asked, room, others, refused):
    beside = [asking(**other) for other in others]
    assert rejection(asking(**asked), node(**room), beside) == refused


def test_the_sidecar_of_another_pod_takes_room():
    sidecar = container("proxy", resources={"requests": {"cpu": "6"}}, restartPolicy="Always")
    other = pod(container("main", resources={"requests": {"cpu": "6"}}), initContainers=[sidecar])
    refused = out_of("cpu", 8000, 12000, 16000)
    assert rejection(asking(cpu="8"), node(cpu="16"), [other]) == refused


def affinity(*terms):
    required = {"nodeSelectorTerms": list(terms)}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}


def wants(key, operator, *values):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("spec", "admitted"),
    [
        ({"nodeSelector": {"zone": "a"}}, True),
        ({"nodeSelector": {"zone": "b"}}, False),
        ({"nodeSelector": {"other": "a"}}, False),
        ({"affinity": affinity(wants("zone", "In", "a", "b"))}, True),
        ({"affinity": affinity(wants("zone", "In", "b"))}, False),
        ({"affinity": affinity(wants("zone", "In", "b"), wants("zone", "Exists"))}, True),
        ({"affinity": affinity(wants("zone", "NotIn", "a"))}, False),
        ({"affinity": affinity(wants("other", "NotIn", "a"))}, True),
        ({"affinity": affinity(wants("other", "DoesNotExist"))}, True),
        ({"affinity": affinity(wants("zone", "DoesNotExist"))}, False),
        ({"affinity": affinity(wants("size", "Gt", "4"))}, True),
        ({"affinity": affinity(wants("size", "Lt", "4"))}, False),
        (
            {
                "affinity": affinity(
                    {
                        "matchFields": [
                            {"key": "metadata.name", "operator": "In", "values": ["simulated-1"]}
                        ]
                    }
                )
            },
            True,
        ),
    ],
)
def test_a_pod_whose_node_selection_does_not_match_is_rejected(spec, admitted):
    refused = rejection(pod(**spec), node(labels={"zone": "a", "size": "5"}), [])
    assert (refused is None) == admitted
    if refused:
        why = "node(s) didn't match Pod's node affinity/selector"
        message = f"Pod was rejected: Predicate NodeAffinity failed: {why}"
        assert refused == Rejection("NodeAffinity", message)


@pytest.mark.parametrize(
    ("taint", "tolerations", "admitted"),
    [
        (NO_SCHEDULE, [], True),
        (NO_EXECUTE, [], False),
        (NO_EXECUTE, [{"operator": "Exists"}], True),
        (NO_EXECUTE, [{"key": "out", "operator": "Exists", "effect": "NoExecute"}], True),
        (NO_EXECUTE, [{"key": "out", "value": "yes"}], True),
        (NO_EXECUTE, [{"key": "out", "value": "no"}], False),
        (NO_EXECUTE, [{"key": "in", "operator": "Exists"}], False),
        (NO_EXECUTE, [{"key": "out", "operator": "Exists", "effect": "NoSchedule"}], False),
    ],
)
def test_a_pod_that_does_not_tolerate_no_execute_is_rejected(taint, tolerations, admitted):
    refused = rejection(pod(tolerations=tolerations), node(taints=[taint]), [])
    assert (refused is None) == admitted
    assert admitted or (refused and refused.reason == "TaintToleration")
