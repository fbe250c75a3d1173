"""Tests the validation of resource definitions against the answers of a real server."""

from __future__ import annotations

from copy import deepcopy

import pytest

from kuscia_conformance.apiserver.crd import (
    default_definition,
    prepare_definition,
    validate_definition,
    validate_definition_status,
)
from kuscia_conformance.kube.objects import Obj, name_of
from tests.apiserver.crd.cases import definition, own_definitions, published, refused

REFUSED = refused()
UNSUPPORTED = (
    "not supported by the embedded cluster: install this definition in another cluster "
    "(--cluster controlplane or --cluster kind)"
)
INT_OR_STRING = {"anyOf": [{"type": "integer"}, {"type": "string"}]}


def written(obj: Obj, old: Obj | None = None) -> Obj:
    """Returns the definition after defaulting and preparation, as the server would store it."""
    found = deepcopy(obj)
    default_definition(found)
    prepare_definition(found, old)
    return found


def causes(obj: Obj, old: Obj | None = None) -> list[str]:
    return [str(cause) for cause in validate_definition(written(obj, old), old)]


def established(obj: Obj) -> Obj:
    found = written(obj)
    found["status"]["conditions"] = [{"type": "Established", "status": "True"}]
    return found


@pytest.mark.parametrize("title", REFUSED)
def test_a_definition_is_refused_as_a_real_server_refuses_it(title):
    case = REFUSED[title]
    found = validate_definition(written(definition(**case["differs"])))
    # The server iterates over Go maps, whose order is random, so both lists are sorted.
    said = sorted([cause.field, cause.reason, cause.message] for cause in found)
    assert said == sorted(case["causes"])


@pytest.mark.parametrize("obj", own_definitions(), ids=name_of)
def test_the_suites_own_definitions_are_accepted(obj):
    assert causes(obj) == []


@pytest.mark.parametrize("obj", [obj for each in published().values() for obj in each], ids=name_of)
def test_a_definition_that_a_real_server_accepts_is_accepted(obj):
    assert causes(obj) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"x-kubernetes-int-or-string": True},
        {"x-kubernetes-int-or-string": True, **INT_OR_STRING},
        {"x-kubernetes-int-or-string": True, "allOf": [INT_OR_STRING, {"minLength": 1}]},
        {"x-kubernetes-preserve-unknown-fields": True},
        {"type": "object", "additionalProperties": True},
        {"type": "object", "additionalProperties": True, "properties": {"a": {"type": "string"}}},
        {"type": "object", "anyOf": [{"required": ["a"], "properties": {"a": {"minimum": 1}}}]},
        {"type": "string", "format": "unheard-of"},
        {"type": "string", "enum": ["a", 1]},
        {"type": "string", "default": None},
        {"type": "string", "pattern": r"\p{L}[[:alpha:]]\z"},
        {"type": "string", "pattern": r"a(?i)\Qb.c\E"},
        {"type": "object", "additionalProperties": {"type": "string", "default": 1}},
    ],
)
def test_an_unusual_but_valid_schema_is_accepted(schema):
    assert causes(definition(schema=schema)) == []


def test_two_versions_with_the_same_name_are_refused():
    version = definition()["spec"]["versions"][0]
    [cause] = causes(definition(spec={"versions": [version, {**version, "storage": False}]}))
    assert cause.endswith("must contain unique version names")


@pytest.mark.parametrize("stored", [(True, True), (False, False)])
def test_exactly_one_version_must_be_the_storage_version(stored):
    version = definition()["spec"]["versions"][0]
    names = zip(("v1", "v2"), stored, strict=True)
    versions = [{**version, "name": name, "storage": storage} for name, storage in names]
    found = causes(definition(spec={"versions": versions}))
    assert found[0].startswith("spec.versions: ")
    assert found[0].endswith("must have exactly one version marked as storage version")


def test_root_schema_rules_are_refused_if_the_status_subresource_exists():
    root = {"type": "object", "maxProperties": 3, "title": "fine"}
    [cause] = causes(definition(root=root, version={"subresources": {"status": {}}}))
    assert cause.endswith(
        "only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum "
        "MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items "
        "Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed "
        "at the root of the schema if the status subresource is enabled"
    )


def test_a_conversion_webhook_without_client_config_is_refused():
    obj = definition(spec={"conversion": {"strategy": "Webhook", "webhook": {}}})
    wanted = "required when strategy is set to Webhook"
    assert causes(obj)[:2] == [
        f"spec.conversion.webhookClientConfig: Required value: {wanted}",
        "spec.conversion.conversionReviewVersions: Required value",
    ]


def test_conversion_by_a_webhook_is_not_supported():
    webhook = {"clientConfig": {"url": "https://x/y"}, "conversionReviewVersions": ["v1"]}
    obj = definition(spec={"conversion": {"strategy": "Webhook", "webhook": webhook}})
    [cause] = causes(obj)
    assert cause == f"spec.conversion.strategy: Forbidden: conversion webhooks are {UNSUPPORTED}"


def test_cel_rules_are_refused_with_one_cause_for_all_places():
    ruled = {"type": "string", "x-kubernetes-validations": [{"rule": "self != ''"}]}
    schema = {"type": "object", "properties": {"a": ruled, "b": ruled, "c": ruled}}
    [cause] = causes(definition(schema=schema))
    assert cause == (
        "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[a]"
        ".x-kubernetes-validations: Forbidden: validation rules in CEL are "
        f"{UNSUPPORTED} (also in 2 more places)"
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scope": "Cluster"}, ['spec.scope: Invalid value: "Cluster": field is immutable']),
        ({"group": "x.y"}, ['spec.group: Invalid value: "x.y": field is immutable']),
        (
            {"names": {"plural": "xs", "kind": "X"}},
            [
                'spec.names.kind: Invalid value: "X": field is immutable',
                'spec.names.plural: Invalid value: "xs": field is immutable',
            ],
        ),
        ({"names": {"plural": "things", "kind": "Thing", "singular": "it"}}, []),
    ],
)
def test_scope_group_and_names_of_an_established_definition_are_immutable(change, expected):
    assert causes(definition(spec=change), established(definition())) == expected


def test_scope_and_kind_can_change_before_a_definition_is_established():
    names = {"plural": "things", "kind": "Other"}
    changed = definition(spec={"scope": "Cluster", "names": names})
    assert causes(changed, written(definition())) == []


def test_a_version_in_stored_versions_cannot_be_removed():
    other = definition(version={"name": "v2"})
    [cause] = causes(other, established(definition()))
    assert cause == (
        'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was '
        "previously a storage version, and must remain in spec.versions until a storage migration "
        "ensures no data remains persisted in v1 and removes v1 from status.storedVersions"
    )


def test_stored_versions_must_contain_the_storage_version():
    obj = written(definition())
    obj["status"]["storedVersions"] = ["v0"]
    assert str(validate_definition(obj)[0]) == (
        'status.storedVersions: Invalid value: ["v0"]: must have the storage version v1'
    )


def test_an_update_of_a_status_validates_the_accepted_names():
    obj = written(definition())
    obj["status"]["acceptedNames"] = {"plural": "things", "kind": "B d"}
    [cause] = validate_definition_status(obj)
    assert cause.field == "status.acceptedNames.kind"
