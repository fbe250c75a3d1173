"""Tests requests of pods, node selectors, node affinity and tolerations."""

from decimal import Decimal

import pytest

from kuscia_conformance.documents import load_manifests
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.kube.objects import name_of
from kuscia_conformance.kube.placement import requests_of, selects, tolerates


def node(**labels):
    return {"metadata": {"name": "node-1", "labels": labels}}


def pod(*terms, **selector):
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"spec": {"nodeSelector": selector, "affinity": {"nodeAffinity": required}}}


def term(operator, *values, key="size"):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("asked", "labels", "selected"),
    [
        pytest.param({"spec": {}}, {}, True, id="no constraint"),
        pytest.param(
            pod(term("Exists"), zone="a"),
            {"zone": "a", "size": ""},
            True,
            id="selector and affinity match",
        ),
        pytest.param(
            pod(term("Exists"), zone="a"), {"size": ""}, False, id="only the affinity matches"
        ),
        pytest.param(
            pod(term("Exists"), zone="a"), {"zone": "a"}, False, id="only the selector matches"
        ),
        pytest.param(pod({}), {}, False, id="an empty term"),
        pytest.param(pod(), {}, False, id="no term"),
        pytest.param(pod({}, term("Exists")), {"size": "1"}, True, id="one of two terms matches"),
        pytest.param(pod(term("Gt", "4")), {"size": "4"}, False, id="Gt refuses an equal value"),
        pytest.param(pod(term("Lt", "4")), {"size": "4"}, False, id="Lt refuses an equal value"),
        pytest.param(pod(term("Lt", "4")), {"size": "-1"}, True, id="Lt accepts a smaller value"),
        pytest.param(pod(term("Gt", "4")), {}, False, id="Gt refuses a missing label"),
        pytest.param(pod(term("Gt", "4")), {"size": "big"}, False, id="Gt refuses a word"),
        pytest.param(pod(term("Lt", "4")), {"size": "4.5"}, False, id="Lt refuses a fraction"),
    ],
)
def test_a_pod_selects_nodes_by_selector_and_affinity(asked, labels, selected):
    assert selects(asked, node(**labels)) == selected


TAINT = {"key": "out", "value": "yes", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"operator": "Exists"}, True),
        ({"operator": "Exists", "key": "out", "effect": ""}, True),
        ({"operator": "Exists", "key": "in"}, False),
        ({"key": "out", "value": "yes", "effect": "NoSchedule"}, True),
        ({"key": "out", "operator": "Equal", "value": "yes"}, True),
        ({"key": "out", "value": "yes", "effect": "NoExecute"}, False),
        ({"key": "out"}, False),
    ],
)
def test_a_toleration_matches_a_taint_by_key_value_and_effect(toleration, tolerated):
    assert tolerates(toleration, TAINT) == tolerated


def test_a_taint_without_a_value_equals_an_empty_value():
    assert tolerates({"key": "out", "value": ""}, {"key": "out", "effect": "NoSchedule"})


def asking(cpu, **more):
    return {"name": "a", "resources": {"requests": {"cpu": cpu}}, **more}


SIDECAR = asking("6", restartPolicy="Always")


@pytest.mark.parametrize(
    ("containers", "before", "more", "cpu"),
    [
        pytest.param([asking("1"), asking("500m")], [], {}, "1.5", id="containers add up"),
        pytest.param([asking("1")], [asking("2"), asking("3")], {}, "3", id="largest before"),
        pytest.param([asking("6")], [SIDECAR], {}, "12", id="sidecar beside the container"),
        pytest.param([asking("1")], [SIDECAR, asking("3")], {}, "9", id="before, beside a sidecar"),
        pytest.param([asking("1")], [asking("3"), SIDECAR], {}, "7", id="before the sidecar"),
        pytest.param([asking("1")], [], {"overhead": {"cpu": "2"}}, "3", id="overhead"),
        pytest.param(
            [asking("1")],
            [SIDECAR],
            {"resources": {"requests": {"cpu": "2"}}},
            "2",
            id="of the pod",
        ),
    ],
)
def test_a_pod_requests_what_runs_at_a_time(containers, before, more, cpu):
    asked = requests_of({"spec": {"containers": containers, "initContainers": before, **more}})
    assert asked == {"cpu": Decimal(cpu)}


def test_a_limit_alone_is_a_request():
    limits = {"limits": {"cpu": "9", "memory": "1k"}, "requests": {"cpu": "500m"}}
    containers = [{"name": "a", "resources": limits}]
    assert requests_of({"spec": {"containers": containers}}) == {
        "cpu": Decimal("0.5"),
        "memory": 1000,
    }


#: By pod of schedule/resources/others.yaml: thousandths of a core. The overhead of one of them
#: is added by the API server.
OTHERS = {
    "two-containers": 20,
    "limits": 10,
    "burst": 10,
    "large-init": 30,
    "small-init": 30,
    "sidecar": 40,
    "sidecar-then-init": 60,
    "init-then-sidecar": 50,
    "overhead": 10,
    "pod-level": 30,
    "ended": 30,
}


def test_the_pods_of_others_ask_for_what_their_comments_say():
    path = suite_folder("fixtures") / "schedule" / "resources" / "others.yaml"
    asked = {name_of(pod): requests_of(pod) for pod in load_manifests(path)}
    assert {name: each["cpu"] * 1000 for name, each in asked.items()} == OTHERS
    mebibytes = {name: int(each["memory"] / 2**20) for name, each in asked.items()}
    assert mebibytes == {name: cpu * 8 // 10 for name, cpu in OTHERS.items()}
