"""Tests the defaults and the first status of resource definitions."""

from __future__ import annotations

from kuscia_conformance.apiserver.crd import default_definition, prepare_definition
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.crd.cases import definition


def defaulted(obj: Obj) -> Obj:
    default_definition(obj)
    return obj


def test_names_left_out_of_a_definition_are_derived_from_the_kind():
    names = defaulted(definition())["spec"]["names"]
    assert names == {
        "plural": "things", "kind": "Thing", "singular": "thing", "listKind": "ThingList",
    }  # fmt: skip


def test_names_given_in_a_definition_stay():
    given = {"plural": "things", "kind": "Thing", "singular": "it", "listKind": "Them"}
    assert defaulted(definition(spec={"names": given}))["spec"]["names"] == given


def test_the_conversion_strategy_is_none_by_default():
    assert defaulted(definition())["spec"]["conversion"] == {"strategy": "None"}


def test_preserve_unknown_fields_false_is_not_stored():
    spec = defaulted(definition(spec={"preserveUnknownFields": False}))["spec"]
    assert "preserveUnknownFields" not in spec


def test_a_default_of_null_is_removed_from_the_schema():
    schema = {"type": "object", "properties": {"a": {"type": "string", "default": None}}}
    [version] = defaulted(definition(schema=schema))["spec"]["versions"]
    of_spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    assert of_spec["properties"]["a"] == {"type": "string"}


def test_a_status_without_stored_versions_gets_the_storage_version():
    obj = {**definition(), "status": {"storedVersions": []}}
    assert defaulted(obj)["status"]["storedVersions"] == ["v1"]


def test_an_empty_definition_gets_empty_names_and_a_conversion_strategy():
    obj = defaulted({"metadata": {"name": "x"}})
    assert obj["spec"] == {
        "names": {"singular": "", "listKind": ""}, "conversion": {"strategy": "None"},
    }  # fmt: skip


def test_the_status_of_a_new_definition_is_reset_except_stored_versions():
    obj = defaulted({**definition(), "status": {"acceptedNames": {"kind": "Mine"}}})
    prepare_definition(obj)
    assert obj["status"] == {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": ["v1"],
    }


def test_a_changed_definition_keeps_its_status_and_adds_stored_versions():
    old = {**definition(), "status": {"conditions": ["kept"], "storedVersions": ["v1"]}}
    new = defaulted(definition(version={"name": "v2"}))
    prepare_definition(new, old)
    assert new["status"] == {"conditions": ["kept"], "storedVersions": ["v1", "v2"]}
    assert old["status"]["storedVersions"] == ["v1"]
