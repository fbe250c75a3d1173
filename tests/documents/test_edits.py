import pytest

from kuscia_conformance.documents.edits import changed, expectation, without
from kuscia_conformance.documents.operators import Absent
from kuscia_conformance.errors import FeatureError
from kuscia_conformance.kube.objects import Obj

TASK: Obj = {"metadata": {"name": "psi"}, "spec": {"parties": [{"domainID": "alice"}]}}


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("spec.parties[0].role", "Host", {"domainID": "alice", "role": "Host"}),
        (
            "spec.parties[0].template.replicas",
            "2",
            {"domainID": "alice", "template": {"replicas": 2}},
        ),
        ("spec.parties[0].ports", "[{port: 1}]", {"domainID": "alice", "ports": [{"port": 1}]}),
        ("spec.parties[0].domainID", '""', {"domainID": ""}),
        ("spec.parties[0].domainID", "null", {"domainID": None}),
    ],
)
def test_a_row_puts_a_value_in_its_place(path, text, found):
    assert changed(TASK, [[path, text]])["spec"]["parties"] == [found]
    assert TASK["spec"]["parties"] == [{"domainID": "alice"}]


def test_what_is_not_there_is_made_and_lists_grow_by_one():
    table = [["spec.parties[1].domainID", "bob"], ["metadata.labels[kuscia.secretflow/x]", "y"]]
    after = changed(TASK, table)
    assert after["spec"]["parties"] == [{"domainID": "alice"}, {"domainID": "bob"}]
    assert after["metadata"]["labels"] == {"kuscia.secretflow/x": "y"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["spec.parties[3].role", "x"], "no place"),
        (["spec.parties.role", "x"], "no place"),
        (["a..b", "x"], "is no path"),
        (["spec", "{"], "no value"),
        (["spec", "!nonsense x"], "no value"),
        (["spec"], "a row is a path and a value"),
    ],
)
def test_what_cannot_be_is_refused(row, said):
    with pytest.raises(FeatureError, match=said):
        changed(TASK, [row])


def test_a_field_left_out():
    assert without(TASK, "spec.parties[0].domainID")["spec"] == {"parties": [{}]}
    with pytest.raises(FeatureError, match=r"no spec\.initiator"):
        without(TASK, "spec.initiator")


def test_expectations_may_be_operators():
    [(path, value)] = expectation([["spec.nodeName", "!absent"]])
    assert path == ("spec", "nodeName")
    assert isinstance(value, Absent)
