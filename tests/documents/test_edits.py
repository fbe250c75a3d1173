"""Tests changes and expectations that a feature writes as a table of paths and values."""

import pytest

from kuscia_conformance.documents.edits import changed, expectation, without
from kuscia_conformance.documents.operators import Absent
from kuscia_conformance.errors import FeatureError
from kuscia_conformance.kube.objects import Obj

TASK: Obj = {
    "apiVersion": "kuscia.secretflow/v1alpha1",
    "kind": "KusciaTask",
    "metadata": {"name": "psi"},
    "spec": {"parties": [{"domainID": "alice"}]},
}


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
def test_a_row_sets_the_value_at_its_path(path, text, found):
    assert changed(TASK, [[path, text]])["spec"]["parties"] == [found]
    assert TASK["spec"]["parties"] == [{"domainID": "alice"}]


def test_missing_mappings_are_created_and_a_list_may_grow_by_one():
    table = [["spec.parties[1].domainID", "bob"], ["metadata.labels[kuscia.secretflow/x]", "y"]]
    after = changed(TASK, table)
    assert after["spec"]["parties"] == [{"domainID": "alice"}, {"domainID": "bob"}]
    assert after["metadata"]["labels"] == {"kuscia.secretflow/x": "y"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["spec.parties[3].role", "x"], "no place"),
        (["spec.parties.role", "x"], "no place"),
        (["spec.parties[0].domainID.x.y", "x"], "'alice' has no fields"),
        (["kind", "null"], "is not a Kubernetes object with apiVersion and kind"),
        (["metadata", "3"], "is a KusciaTask without a text in metadata.name"),
        (["metadata.name", "null"], "is a KusciaTask without a text in metadata.name"),
        (["metadata.annotations", "x"], "metadata.annotations of KusciaTask psi is not a mapping"),
        (["a..b", "x"], "is not a path"),
        (["spec", "{"], "is not a value"),
        (["spec", "!nonsense x"], "is not a value"),
        (["spec", "!re x"], "!re: a manifest may not have operators"),
        (["spec"], "a row is a path and a value"),
    ],
)
def test_a_row_with_an_invalid_path_or_value_is_refused(row, said):
    with pytest.raises(FeatureError, match=said):
        changed(TASK, [row])


def test_without_removes_a_field_and_refuses_an_unknown_one():
    assert without(TASK, "spec.parties[0].domainID")["spec"] == {"parties": [{}]}
    with pytest.raises(FeatureError, match=r"no spec\.initiator"):
        without(TASK, "spec.initiator")


def test_a_manifest_stays_an_object_without_a_field():
    with pytest.raises(FeatureError, match="without a text in metadata"):
        without(TASK, "metadata.name")


def test_an_expectation_in_a_table_may_be_an_operator():
    [(path, value)] = expectation([["spec.nodeName", "!absent"]])
    assert path == ("spec", "nodeName")
    assert isinstance(value, Absent)
