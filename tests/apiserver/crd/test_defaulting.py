from __future__ import annotations

from kuscia_conformance.apiserver.crd import default_definition, prepare_definition
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.crd.cases import definition


def defaulted(obj: Obj) -> Obj:
    default_definition(obj)
    return obj


def test_names_that_are_left_out_are_made_of_the_kind():
    names = defaulted(definition())["spec"]["names"]
    assert names == {
        "plural": "things", "kind": "Thing", "singular": "thing", "listKind": "ThingList",
    }  # fmt: skip


def test_names_that_are_given_stay():
    given = {"plural": "things", "kind": "Thing", "singular": "it", "listKind": "Them"}
    assert defaulted(definition(spec={"names": given}))["spec"]["names"] == given


def test_nothing_is_converted_unless_asked_for():
    assert defaulted(definition())["spec"]["conversion"] == {"strategy": "None"}


def test_not_preserving_unknown_fields_is_not_stored():
    spec = defaulted(definition(spec={"preserveUnknownFields": False}))["spec"]
    assert "preserveUnknownFields" not in spec


def test_a_default_of_null_is_none():
    schema = {"type": "object", "properties": {"a": {"type": "string", "default": None}}}
    [version] = defaulted(definition(schema=schema))["spec"]["versions"]
    of_spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    assert of_spec["properties"]["a"] == {"type": "string"}


def test_a_status_has_the_storage_version_if_none():
    obj = {**definition(), "status": {"storedVersions": []}}
    assert defaulted(obj)["status"]["storedVersions"] == ["v1"]


def test_an_empty_definition_gets_what_it_can():
    obj = defaulted({"metadata": {"name": "x"}})
    assert obj["spec"] == {
        "names": {"singular": "", "listKind": ""}, "conversion": {"strategy": "None"},
    }  # fmt: skip


def test_a_new_definition_has_no_status_but_what_is_stored():
    obj = defaulted({**definition(), "status": {"acceptedNames": {"kind": "Mine"}}})
    prepare_definition(obj)
    assert obj["status"] == {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": ["v1"],
    }


def test_a_changed_definition_keeps_its_status_and_adds_what_is_stored():
    old = {**definition(), "status": {"conditions": ["kept"], "storedVersions": ["v1"]}}
    new = defaulted(definition(version={"name": "v2"}))
    prepare_definition(new, old)
    assert new["status"] == {"conditions": ["kept"], "storedVersions": ["v1", "v2"]}
    assert old["status"]["storedVersions"] == ["v1"]
