"""Tests the refusal of values whose type does not match the Go types."""

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.schema import check_types
from tests.apiserver.schema.recorded import built_in, custom, custom_object

STRUCT = "json: cannot unmarshal {} into Go struct field {} of type {}"
NO_METADATA = "json: cannot unmarshal number into Go value of type v1.ObjectMeta"
EMBEDDED = {
    "type": "object",
    "x-kubernetes-embedded-resource": True,
    "x-kubernetes-preserve-unknown-fields": True,
}


def refusal(obj, type, kind):
    with pytest.raises(StatusError) as error:
        check_types(obj, type, kind, "v1")
    assert error.value.code == 400
    return error.value.message.removeprefix(
        f'{kind} in version "v1" cannot be handled as a {kind}: '
    )


@pytest.mark.parametrize(
    ("container", "found", "place", "wanted"),
    [
        ("x", "string", "PodSpec.spec.containers", "v1.Container"),
        ({"image": 1}, "number", "Container.spec.containers.image", "string"),
        (
            {"imagePullPolicy": {}},
            "object",
            "Container.spec.containers.imagePullPolicy",
            "v1.PullPolicy",
        ),
        ({"env": {}}, "object", "Container.spec.containers.env", "[]v1.EnvVar"),
        (
            {"ports": [{"containerPort": 1.5}]},
            "number 1.5",
            "ContainerPort.spec.containers.ports.containerPort",
            "int32",
        ),
        (
            {"resources": {"limits": []}},
            "array",
            "ResourceRequirements.spec.containers.resources.limits",
            "v1.ResourceList",
        ),
    ],
)
def test_the_first_value_of_the_wrong_type_is_named(container, found, place, wanted):
    pod = {"kind": "Pod", "spec": {"containers": [container], "restartPolicy": 3}}
    assert refusal(pod, built_in("Pod"), "Pod") == STRUCT.format(found, place, wanted)


@pytest.mark.parametrize("value", [1, 1.5, "1", "100m", "1Gi", "1e3", "1E", " 1", "+.5", None])
def test_quantities_may_be_numbers_strings_or_null(value):
    resources = {"limits": {"cpu": value}}
    check_types({"spec": {"containers": [{"resources": resources}]}}, built_in("Pod"), "Pod", "v1")


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (3, NO_METADATA),
        ({"name": 3}, STRUCT.format("number", "ObjectMeta.name", "string")),
        ({"labels": {"a": 1}}, STRUCT.format("number", "ObjectMeta.labels", "string")),
        ({"labels": 3}, STRUCT.format("number", "ObjectMeta.labels", "map[string]string")),
        (
            {"ownerReferences": [{"uid": 3}]},
            STRUCT.format("number", "OwnerReference.ownerReferences.uid", "types.UID"),
        ),
    ],
)
def test_metadata_of_a_custom_object_must_have_the_right_types(metadata, said):
    obj = {**custom_object(x={"anything": 1}), "metadata": metadata}
    assert refusal(obj, custom(), "Xxx") == said


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        (EMBEDDED, {"kind": 2}, "spec.x.kind: Invalid value: 2: must be a string"),
        (
            {"type": "array", "items": EMBEDDED},
            [{}, {"metadata": 3}],
            f"spec.x[1].metadata: Invalid value: 3: {NO_METADATA}",
        ),
        (
            {"type": "object", "additionalProperties": EMBEDDED},
            {"a": {"apiVersion": None}},
            "spec.x[a].apiVersion: Invalid value: null: must be a string",
        ),
    ],
)
def test_the_header_of_an_embedded_resource_must_have_the_right_types(schema, value, said):
    assert refusal(custom_object(x=value), custom({"x": schema}), "Xxx") == said
