"""Tests the environment variables and files of a simulated container."""

import base64

import pytest

from kuscia_conformance.kube.objects import CONFIG_MAPS
from kuscia_conformance.simulated_nodes.references import SECRETS, Reference
from kuscia_conformance.simulated_nodes.surroundings import (
    Place,
    environment,
    files,
    hostname,
    sources,
)
from tests.simulated_nodes.pods import container, node, pod

CONFIG, SECRET = Reference(CONFIG_MAPS, "config"), Reference(SECRETS, "secret")
FOUND = {
    CONFIG: {"data": {"a.json": "{}", "B": "2"}, "binaryData": {"raw": "aGk="}},
    SECRET: {"data": {"token": base64.b64encode(b"s3").decode()}},
}
RESOURCES = {"requests": {"cpu": "100m"}, "limits": {"cpu": "1500m", "memory": "2Gi"}}
METADATA = {"labels": {"role": "host", "b": "2"}, "annotations": {"note": "hi"}}


def place(found=None, volumes=(), **fields):
    spec = container(**fields)
    made = pod(spec, metadata=METADATA, volumes=list(volumes))
    made["status"] |= {
        "podIP": "10.244.0.1",
        "hostIP": "10.0.0.1",
        "podIPs": [{"ip": "10.244.0.1"}],
    }
    return Place(made, spec, node(cpu="4"), FOUND if found is None else found)


def mounted(volume, mount=None, **options):
    mounts = [{"name": "v", "mountPath": "/m", **(mount or {})}]
    return files(place(volumes=[{"name": "v", **volume}], volumeMounts=mounts, **options))


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ({"value": "plain"}, "plain"),
        ({"value": "$(FIRST)/$(LATER) $$(FIRST)"}, "1/$(LATER) $(FIRST)"),
        ({"valueFrom": {"configMapKeyRef": {"name": "config", "key": "B"}}}, "2"),
        ({"valueFrom": {"secretKeyRef": {"name": "secret", "key": "token"}}}, "s3"),
        (
            {"valueFrom": {"configMapKeyRef": {"name": "config", "key": "no", "optional": True}}},
            None,
        ),
        ({"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}, "psi-0"),
        ({"valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}, "alice"),
        ({"valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['role']"}}}, "host"),
        ({"valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['none']"}}}, ""),
        ({"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}, "simulated-1"),
        ({"valueFrom": {"fieldRef": {"fieldPath": "spec.serviceAccountName"}}}, ""),
        ({"valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}, "10.244.0.1"),
        ({"valueFrom": {"fieldRef": {"fieldPath": "status.podIPs"}}}, "10.244.0.1"),
        ({"valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}, "2"),
        ({"valueFrom": {"resourceFieldRef": {"resource": "requests.cpu", "divisor": "1m"}}}, "100"),
        ({"valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}}, str(2 * 2**30)),
        ({"valueFrom": {"resourceFieldRef": {"resource": "requests.memory"}}}, "0"),
    ],
)
def test_an_environment_variable_has_the_value_of_its_source(entry, value):
    env = [{"name": "FIRST", "value": "1"}, {"name": "IT", **entry}, {"name": "LATER"}]
    assert environment(place(env=env, resources=RESOURCES)).get("IT") == value


def test_without_a_limit_the_resource_field_is_that_of_the_node():
    env = [{"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]
    assert environment(place(env=env))["CPU"] == "4"


def test_variables_of_env_override_those_of_env_from():
    sources = [
        {"prefix": "C_", "configMapRef": {"name": "config"}},
        {"secretRef": {"name": "secret"}},
        {"secretRef": {"name": "absent", "optional": True}},
    ]
    found = environment(place(envFrom=sources, env=[{"name": "token", "value": "own"}]))
    assert found["C_B"] == "2"
    assert found["token"] == "own"


def test_every_container_has_the_variables_hostname_and_path():
    found = environment(place())
    assert found["HOSTNAME"] == "psi-0"
    assert "/bin" in found["PATH"].split(":")


def test_the_hostname_of_the_spec_overrides_the_name_of_the_pod():
    assert hostname(pod(hostname="other")) == "other"


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ({"configMap": {"name": "config"}}, {"/m/a.json": "{}", "/m/B": "2", "/m/raw": "hi"}),
        (
            {"configMap": {"name": "config", "items": [{"key": "B", "path": "sub/b.txt"}]}},
            {"/m/sub/b.txt": "2"},
        ),
        ({"configMap": {"name": "absent", "optional": True}}, {}),
        ({"secret": {"secretName": "secret"}}, {"/m/token": "s3"}),
        ({"emptyDir": {}}, {}),
        (
            {
                "downwardAPI": {
                    "items": [
                        {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
                        {"path": "cpu", "resourceFieldRef": {"resource": "limits.cpu"}},
                    ]
                }
            },
            {"/m/labels": 'b="2"\nrole="host"', "/m/cpu": "4"},
        ),
        (
            {
                "projected": {
                    "sources": [
                        {"secret": {"name": "secret"}},
                        {"configMap": {"name": "config", "items": [{"key": "B", "path": "b"}]}},
                        {"serviceAccountToken": {"path": "token"}},
                    ]
                }
            },
            {"/m/token": "s3", "/m/b": "2"},
        ),
    ],
)
def test_a_volume_has_the_files_of_its_sources(volume, expected):
    assert mounted(volume) == expected


@pytest.mark.parametrize(
    ("mount", "expected"),
    [
        ({"mountPath": "/m/a.json", "subPath": "a.json"}, {"/m/a.json": "{}"}),
        ({"mountPath": "/m/", "subPath": "sub"}, {"/m/b": "2"}),
        ({"subPath": "no-such-file"}, {}),
    ],
)
def test_a_sub_path_of_a_volume_can_be_mounted(mount, expected):
    items = [{"key": "a.json", "path": "a.json"}, {"key": "B", "path": "sub/b"}]
    assert mounted({"configMap": {"name": "config", "items": items}}, mount) == expected


def test_the_sources_of_volumes_and_environment_are_listed():
    volumes = [
        {"name": "v", "configMap": {"name": "config"}},
        {"name": "w", "projected": {"sources": [{"secret": {"name": "projected"}}]}},
        {"name": "x", "secret": {"secretName": "secret"}},
    ]
    env = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "keyed", "key": "k"}}}]
    whole = [{"configMapRef": {"name": "whole"}}]
    spec = container(env=env, envFrom=whole)
    assert set(sources(pod(spec, volumes=volumes), spec)) == {
        CONFIG,
        SECRET,
        Reference(SECRETS, "projected"),
        Reference(SECRETS, "keyed"),
        Reference(CONFIG_MAPS, "whole"),
    }
