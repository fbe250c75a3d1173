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
        pytest.param({"spec": {}}, {}, True, id="nothing is asked"),
        pytest.param(pod(term("Exists"), zone="a"), {"zone": "a", "size": ""}, True, id="both"),
        pytest.param(pod(term("Exists"), zone="a"), {"size": ""}, False, id="affinity alone"),
        pytest.param(pod(term("Exists"), zone="a"), {"zone": "a"}, False, id="selector alone"),
        pytest.param(pod({}), {}, False, id="an empty term"),
        pytest.param(pod(), {}, False, id="no term"),
        pytest.param(pod({}, term("Exists")), {"size": "1"}, True, id="one of two terms"),
        pytest.param(pod(term("Gt", "4")), {"size": "4"}, False, id="as much is not more"),
        pytest.param(pod(term("Lt", "4")), {"size": "4"}, False, id="as much is not less"),
        pytest.param(pod(term("Lt", "4")), {"size": "-1"}, True, id="less"),
        pytest.param(pod(term("Gt", "4")), {}, False, id="more than nothing"),
        pytest.param(pod(term("Gt", "4")), {"size": "big"}, False, id="more than a word"),
        pytest.param(pod(term("Lt", "4")), {"size": "4.5"}, False, id="less than a fraction"),
    ],
)
def test_selects(asked, labels, selected):
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
def test_tolerates(toleration, tolerated):
    assert tolerates(toleration, TAINT) == tolerated


def test_an_absent_value_is_an_empty_one():
    assert tolerates({"key": "out", "value": ""}, {"key": "out", "effect": "NoSchedule"})
