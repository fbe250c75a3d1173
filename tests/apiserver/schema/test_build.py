"""Tests the types that are built from OpenAPI schemas and from definitions."""

from time import process_time

import pytest

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.types import MISSING, Type
from kuscia_conformance.apiserver.schema import type_of
from tests.apiserver.schema.recorded import built_in, custom

META = "io.k8s.apimachinery.pkg"


def at(type, path):
    for step in path.split("."):
        type = type.items if step == "[]" else type.values if step == "*" else type.fields[step]
    return type


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("spec", {"kind": "object", "name": "io.k8s.api.core.v1.PodSpec"}),
        ("spec.containers", {"kind": "array", "list_type": "map", "keys": ("name",)}),
        ("spec.containers", {"merge_key": "name", "patch_strategies": {"merge"}}),
        ("spec.containers.[]", {"kind": "object", "required": ("name",)}),
        ("spec.containers.[].ports", {"keys": ("containerPort", "protocol")}),
        ("spec.containers.[].ports.[].protocol", {"kind": "string", "default": "TCP"}),
        ("spec.containers.[].name", {"kind": "string", "default": MISSING}),
        ("spec.containers.[].command", {"kind": "array", "list_type": "atomic"}),
        ("spec.containers.[].resources.limits.*", {"name": f"{META}.api.resource.Quantity"}),
        ("spec.containers.[].livenessProbe.httpGet.port", {"kind": "int-or-string"}),
        ("spec.nodeSelector", {"atomic": True, "kind": "object"}),
        ("spec.volumes", {"patch_strategies": {"merge", "retainKeys"}}),
        ("metadata.finalizers", {"list_type": "set", "patch_strategies": {"merge"}}),
        ("metadata.creationTimestamp", {"kind": "string", "rules": {"format": "date-time"}}),
        ("metadata.managedFields.[].fieldsV1", {"preserves": True, "fields": {}}),
        ("metadata.labels.*", {"kind": "string"}),
    ],
)
def test_the_type_of_a_pod_has_the_properties_of_its_openapi_schema(path, said):
    found = at(built_in("Pod"), path)
    assert {key: getattr(found, key) for key in said} == said


def test_a_type_may_be_recursive():
    schema = at(built_in("CustomResourceDefinition"), "spec.versions.[].schema.openAPIV3Schema")
    assert at(schema, "properties.*.properties.*.not").fields.keys() == schema.fields.keys()
    assert at(schema, "properties.*.items").preserves
    assert at(schema, "properties.*.default").kind == "any"


def test_extensions_beside_a_reference_apply_to_that_field_only():
    deployment = built_in("Deployment")
    assert at(deployment, "spec.strategy").patch_strategies == {"retainKeys"}
    assert at(deployment, "spec.selector").patch_strategies == frozenset()


def test_the_type_of_a_component_is_built_once():
    components = data.components("", "v1")
    built: dict[str, Type] = {}
    refs = [{"$ref": f"#/components/schemas/io.k8s.api.core.v1.{kind}"} for kind in ("Pod", "Node")]
    pod, node = (type_of(ref, components, built) for ref in refs)
    assert pod.fields["metadata"].fields is node.fields["metadata"].fields
    assert type_of(refs[0], components, built) is pod


def test_the_type_of_a_pod_is_built_in_less_than_100_ms():
    components = data.components("", "v1")
    times = []
    for _ in range(3):
        start = process_time()
        type_of({"$ref": "#/components/schemas/io.k8s.api.core.v1.Pod"}, components)
        times.append(process_time() - start)
    assert min(times) < 0.1


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"x-kubernetes-int-or-string": True}, {"kind": "int-or-string"}),
        ({"x-kubernetes-preserve-unknown-fields": True}, {"kind": "any", "preserves": True}),
        ({"type": "string", "nullable": True, "default": "a"}, {"nullable": True, "default": "a"}),
        ({"type": "string", "default": None}, {"default": MISSING}),
        ({"type": "integer", "minimum": 0, "title": "t"}, {"rules": {"minimum": 0}}),
        (
            {
                "type": "array",
                "items": {"type": "object"},
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["a"],
            },
            {"list_type": "map", "keys": ("a",), "rules": {}},
        ),
        ({"type": "object", "x-kubernetes-map-type": "atomic"}, {"atomic": True}),
        ({"type": "object", "required": ["a"]}, {"required": ("a",), "values": None}),
    ],
)
def test_the_schema_of_a_definition_becomes_a_type(schema, said):
    found = at(custom({"x": schema}), "spec.x")
    assert {key: getattr(found, key) for key in said} == said


def test_root_and_embedded_objects_have_api_version_kind_and_metadata():
    schema = {"type": "object", "x-kubernetes-embedded-resource": True}
    root = custom({"x": schema})
    for type in (root, at(root, "spec.x")):
        assert type.embedded
        assert type.fields["metadata"] is built_in("ObjectMeta")
        assert [type.fields[key].kind for key in ("apiVersion", "kind")] == ["string", "string"]
