"""Tests node selectors, node affinity and tolerations."""

import pytest

from kuscia_conformance.kube.placement import selects, tolerates


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
