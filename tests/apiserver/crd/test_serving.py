"""Tests the kinds that a resource definition serves."""

from __future__ import annotations

from typing import Any

import pytest

from kuscia_conformance.apiserver.apimachinery.kinds import PLAIN, Column, Kind
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.crd import default_definition, kinds_of
from tests.apiserver.crd.cases import definition

OBJECT_META = Type("object", name="ObjectMeta")


def kind(**differs: Any) -> Kind:
    obj = definition(**differs)
    default_definition(obj)
    [found] = kinds_of(obj, OBJECT_META)
    return found


def test_a_definition_is_served_as_a_kind():
    names = {"plural": "things", "kind": "Thing", "shortNames": ["th"], "categories": ["all"]}
    found = kind(spec={"names": names})
    assert (found.group, found.version) == ("embedded.example.com", "v1")
    assert (found.plural, found.singular) == ("things", "thing")
    assert (found.name, found.list_name) == ("Thing", "ThingList")
    assert (found.short_names, found.categories) == (("th",), ("all",))
    assert found.namespaced
    assert found.is_custom
    assert found.stored_version == "v1"
    assert found.verbs == {
        "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
    }  # fmt: skip


def test_only_served_versions_become_kinds_and_all_name_the_stored_version():
    version = definition()["spec"]["versions"][0]
    versions = [
        {**version, "name": "v1", "served": False},
        {**version, "name": "v2", "storage": False},
        {**version, "name": "v3", "storage": False},
    ]
    obj = definition(spec={"versions": versions, "scope": "Cluster"})
    default_definition(obj)
    kinds = kinds_of(obj, OBJECT_META)
    assert [(each.version, each.stored_version) for each in kinds] == [("v2", "v1"), ("v3", "v1")]
    assert not any(each.namespaced for each in kinds)
    assert {each.key for each in kinds} == {("embedded.example.com", "things")}


@pytest.mark.parametrize(
    ("subresources", "expected", "has_status"),
    [
        (None, set(), False),
        ({"status": {}}, {"status"}, True),
        ({"scale": {"specReplicasPath": ".spec.n"}}, {"scale"}, False),
    ],
)
def test_a_kind_has_the_subresources_of_its_version(subresources, expected, has_status):
    found = kind(version={"subresources": subresources})
    assert found.subresources == expected
    assert found.has_status == has_status


def test_a_kind_without_printer_columns_shows_the_age():
    [column] = kind().columns
    assert (column.name, column.type, column.path) == (
        "Age", "date", ".metadata.creationTimestamp",
    )  # fmt: skip
    assert column.description.startswith("CreationTimestamp is a timestamp")


def test_the_printer_columns_of_a_definition_are_kept():
    phase = {"name": "Phase", "type": "string", "jsonPath": ".status.phase"}
    size = {**phase, "name": "Size", "format": "int32", "description": "How big", "priority": 1}
    assert kind(version={"additionalPrinterColumns": [phase, size]}).columns == (
        Column("Phase", "string", ".status.phase"),
        Column("Size", "string", ".status.phase", "int32", "How big", 1),
    )


def test_the_type_of_a_kind_follows_its_schema():
    found = kind(schema={"type": "object", "properties": {"size": {"type": "integer"}}})
    assert found.type.fields["spec"].fields["size"].kind == "integer"
    assert found.type.fields["metadata"] is OBJECT_META


def test_a_kind_without_selectable_fields_has_the_plain_strategy():
    assert kind().strategy is PLAIN


def test_selectable_fields_are_read_from_each_object_as_strings():
    paths = (".spec.size", ".spec.done", ".spec.count", ".spec.none")
    fields = [{"jsonPath": path} for path in paths]
    strategy = kind(version={"selectableFields": fields}).strategy
    obj = {"spec": {"size": "big", "done": True, "count": 3}}
    assert strategy.selectable == ("spec.size", "spec.done", "spec.count", "spec.none")
    assert strategy.fields(obj) == {
        "spec.size": "big", "spec.done": "true", "spec.count": "3", "spec.none": "",
    }  # fmt: skip
    assert strategy.fields({})["spec.size"] == ""
