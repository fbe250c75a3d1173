"""Tests the config maps and secrets that a pod needs."""

import pytest

from kuscia_conformance.kube.objects import CONFIG_MAPS
from kuscia_conformance.simulated_nodes.references import SECRETS, Reference, of_pod, of_volumes
from tests.simulated_nodes.pods import container, pod

MAP, SECRET = Reference(CONFIG_MAPS, "a"), Reference(SECRETS, "b")


@pytest.mark.parametrize(
    ("volume", "needed"),
    [
        ({"configMap": {"name": "a"}}, [MAP]),
        ({"secret": {"secretName": "b"}}, [SECRET]),
        ({"configMap": {"name": "a", "optional": True}}, []),
        (
            {"configMap": {"name": "a", "items": [{"key": "k", "path": "p"}]}},
            [MAP, Reference(CONFIG_MAPS, "a", "k")],
        ),
        ({"emptyDir": {}}, []),
        ({"projected": {"sources": [{"configMap": {"name": "a"}}]}}, []),
    ],
)
def test_the_references_of_volumes_are_found(volume, needed):
    assert list(of_volumes(pod(volumes=[{"name": "v", **volume}]))) == needed


@pytest.mark.parametrize(
    ("fields", "needed"),
    [
        ({"envFrom": [{"configMapRef": {"name": "a"}}]}, {MAP}),
        ({"envFrom": [{"secretRef": {"name": "b"}, "prefix": "P_"}]}, {SECRET}),
        ({"envFrom": [{"secretRef": {"name": "b", "optional": True}}]}, set()),
        ({"env": [{"name": "E", "value": "v"}]}, set()),
        ({"env": [{"name": "E", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]}, set()),
        (
            {"env": [{"name": "E", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "k"}}}]},
            {Reference(CONFIG_MAPS, "a", "k")},
        ),
    ],
)
def test_the_references_of_environment_variables_are_found(fields, needed):
    assert of_pod(pod(container("first"), container("second", **fields))) == needed


@pytest.mark.parametrize(
    ("reference", "found", "said"),
    [
        (MAP, None, 'configmap "a" not found'),
        (SECRET, None, 'secret "b" not found'),
        (MAP, {}, ""),
        (Reference(CONFIG_MAPS, "a", "k"), {"data": {"k": ""}}, ""),
        (Reference(CONFIG_MAPS, "a", "k"), {"binaryData": {"k": ""}}, ""),
        (
            Reference(CONFIG_MAPS, "a", "k"),
            {"data": {"other": ""}},
            "couldn't find key k in ConfigMap alice/a",
        ),
    ],
)
def test_a_missing_reference_has_the_message_of_a_kubelet(reference, found, said):
    assert reference.lacks("alice", found) == said
