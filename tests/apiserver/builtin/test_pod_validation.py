"""Tests the validation of a pod's spec; the expected texts are those of a real server."""

from __future__ import annotations

from typing import Any

import pytest

from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import causes_of, with_metadata

PODS = ("", "pods")
AT = "spec.containers[0]"
FROM_NAME = {"fieldRef": {"fieldPath": "metadata.name"}}


def wrong(container: Obj | None = None, **spec: Any) -> list[str]:
    containers = [{"name": "c", "image": "i", **(container or {})}]
    return causes_of(PODS, with_metadata("v1", "Pod", "p", spec={"containers": containers, **spec}))


def test_a_pod_that_uses_many_fields_is_valid() -> None:
    container = {
        "ports": [{"name": "http", "containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}],
        "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
        "envFrom": [{"configMapRef": {"name": "c"}}],
        "volumeMounts": [{"name": "v", "mountPath": "/a", "subPath": "b/c"}],
        "resources": {"limits": {"cpu": "1", "example.com/gpu": "2"}, "requests": {"cpu": "500m"}},
        "readinessProbe": {"tcpSocket": {"port": "http"}, "successThreshold": 2},
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
    }
    spec = {
        "volumes": [
            {"name": "v", "configMap": {"name": "c", "items": [{"key": "a", "path": "b"}]}}
        ],
        "initContainers": [{"name": "i", "image": "x"}],
        "nodeSelector": {"a": "b"},
        "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.b"]}],
        "tolerations": [{"key": "a", "value": "b", "effect": "NoSchedule"}],
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "k"}]
            }
        },
    }
    assert not wrong(container, **spec)


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"name": ""}, "name: Required value"),
        ({"name": "a.b"}, 'name: Invalid value: "a.b": must not contain dots'),
        ({"image": ""}, "image: Required value"),
        (
            {"image": " a"},
            ('image: Invalid value: " a": must not have leading or trailing whitespace'),
        ),
        (
            {"imagePullPolicy": "x"},
            (
                'imagePullPolicy: Unsupported value: "x": supported values: "Always", '
                '"IfNotPresent", "Never"'
            ),
        ),
        (
            {"terminationMessagePolicy": "x"},
            (
                'terminationMessagePolicy: Unsupported value: "x": supported values: "File", '
                '"FallbackToLogsOnError"'
            ),
        ),
        ({"ports": [{}]}, "ports[0].containerPort: Required value"),
        (
            {"ports": [{"containerPort": 70000}]},
            (
                "ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, "
                "inclusive"
            ),
        ),
        (
            {"ports": [{"containerPort": 1, "name": "80"}]},
            ('ports[0].name: Invalid value: "80": must contain at least one letter (a-z)'),
        ),
        (
            {"ports": [{"containerPort": 1, "protocol": "tcp"}]},
            ('ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"'),
        ),
        (
            {"ports": [{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]},
            ('ports[1].name: Duplicate value: "a"'),
        ),
        (
            {"ports": [{"containerPort": 1, "hostPort": 5}, {"containerPort": 2, "hostPort": 5}]},
            ('ports[1].hostPort: Duplicate value: "TCP//5"'),
        ),
        ({"env": [{"name": ""}]}, "env[0].name: Required value"),
        (
            {"env": [{"name": "a=b"}]},
            (
                'env[0].name: Invalid value: "a=b": a valid environment variable name must '
                "consist only of printable ASCII characters other than '='"
            ),
        ),
        (
            {"env": [{"name": "a", "valueFrom": {}}]},
            (
                'env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, '
                "`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
            ),
        ),
        (
            {"env": [{"name": "a", "value": "x", "valueFrom": FROM_NAME}]},
            ('env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'),
        ),
        (
            {"env": [{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "metadata.foo"}}}]},
            (
                'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.foo": error '
                "converting fieldPath: field label not supported: metadata.foo"
            ),
        ),
        (
            {"env": [{"name": "a", "valueFrom": {"configMapKeyRef": {"name": "x"}}}]},
            ("env[0].valueFrom.configMapKeyRef.key: Required value"),
        ),
        (
            {"envFrom": [{}]},
            ('envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'),
        ),
        (
            {"volumeMounts": [{"name": "w", "mountPath": "/a"}]},
            ('volumeMounts[0].name: Not found: "w"'),
        ),
        (
            {"resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}},
            (
                'resources.requests: Invalid value: "2": must be less than or equal to cpu '
                "limit of 1"
            ),
        ),
        (
            {"resources": {"limits": {"a.com/b": "2"}, "requests": {"a.com/b": "1"}}},
            ('resources.requests: Invalid value: "1": must be equal to a.com/b limit of 2'),
        ),
        (
            {"resources": {"requests": {"a.com/b": "1"}}},
            (
                "resources.limits: Required value: Limit must be set for non overcommitable "
                "resources"
            ),
        ),
        (
            {"resources": {"limits": {"hugepages-2Mi": "2Mi"}}},
            ("resources: Forbidden: HugePages require cpu or memory"),
        ),
        ({"livenessProbe": {}}, "livenessProbe: Required value: must specify a handler type"),
        ({"livenessProbe": {"exec": {}}}, "livenessProbe.exec.command: Required value"),
        (
            {"livenessProbe": {"exec": {"command": ["a"]}, "tcpSocket": {"port": 1}}},
            ("livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"),
        ),
        (
            {"livenessProbe": {"tcpSocket": {"port": 1}, "successThreshold": 2}},
            ("livenessProbe.successThreshold: Invalid value: 2: must be 1"),
        ),
        (
            {"readinessProbe": {"tcpSocket": {"port": 1}, "terminationGracePeriodSeconds": 3}},
            (
                "readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be "
                "set for readinessProbes"
            ),
        ),
        (
            {"lifecycle": {"preStop": {"sleep": {"seconds": 40}}}},
            (
                "lifecycle.preStop.sleep: Invalid value: 40: must be non-negative and less "
                "than terminationGracePeriodSeconds (30)"
            ),
        ),
        (
            {"securityContext": {"runAsUser": -1}},
            (
                "securityContext.runAsUser: Invalid value: -1: must be between 0 and "
                "2147483647, inclusive"
            ),
        ),
    ],
)
def test_an_invalid_container_is_refused_with_its_cause(container: Obj, said: str) -> None:
    assert wrong(container) == [f"{AT}.{said}"]


@pytest.mark.parametrize("part", ["limits", "requests"])
def test_limits_become_requests_and_are_validated_as_both(part: str) -> None:
    said = wrong({"resources": {"limits": {"a.com/b": "1500m"}}})
    assert f'{AT}.resources.{part}[a.com/b]: Invalid value: "1500m": must be an integer' in said


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"containers": []}, "spec.containers: Required value"),
        (
            {"restartPolicy": "x"},
            (
                'spec.restartPolicy: Unsupported value: "x": supported values: "Always", '
                '"OnFailure", "Never"'
            ),
        ),
        (
            {"dnsPolicy": "x"},
            (
                'spec.dnsPolicy: Unsupported value: "x": supported values: '
                '"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"'
            ),
        ),
        (
            {"dnsPolicy": "None"},
            ("spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
        ),
        (
            {"activeDeadlineSeconds": 0},
            (
                "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and "
                "2147483647, inclusive"
            ),
        ),
        (
            {"ephemeralContainers": [{"name": "e", "image": "x"}]},
            ("spec.ephemeralContainers: Forbidden: cannot be set on create"),
        ),
        (
            {"initContainers": [{"name": "c", "image": "x"}]},
            ('spec.initContainers[0].name: Duplicate value: "c"'),
        ),
        (
            {"initContainers": [{"name": "i", "image": "x", "livenessProbe": {"exec": {}}}]},
            (
                "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init "
                "containers without restartPolicy=Always"
            ),
        ),
        (
            {"os": {"name": "x"}},
            ('spec.os: Unsupported value: "x": supported values: "linux", "windows"'),
        ),
        (
            {"volumes": [{"name": "v", "emptyDir": {}}] * 2},
            ('spec.volumes[1].name: Duplicate value: "v"'),
        ),
        (
            {"volumes": [{"name": "v", "emptyDir": {}, "configMap": {"name": "a"}}]},
            ("spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type"),
        ),
        (
            {"volumes": [{"name": "v", "secret": {}}]},
            ("spec.volumes[0].secret.secretName: Required value"),
        ),
        (
            {"volumes": [{"name": "v", "hostPath": {"path": "../a"}}]},
            ("spec.volumes[0].hostPath.path: Invalid value: \"../a\": must not contain '..'"),
        ),
        (
            {"volumes": [{"name": "v", "configMap": {"name": "a", "defaultMode": 1000}}]},
            (
                "spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number"
                " between 0 and 0777 (octal), both inclusive"
            ),
        ),
        (
            {"nodeName": "n", "schedulingGates": [{"name": "a"}]},
            ("spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"),
        ),
        (
            {"tolerations": [{"key": "a", "effect": "x"}]},
            (
                'spec.tolerations[0].effect: Unsupported value: "x": supported values: '
                '"NoSchedule", "PreferNoSchedule", "NoExecute"'
            ),
        ),
        (
            {"tolerations": [{"key": "a", "tolerationSeconds": 5}]},
            (
                "spec.tolerations[0].effect: Invalid value: \"\": effect must be 'NoExecute' "
                "when `tolerationSeconds` is set"
            ),
        ),
        (
            {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}}},
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms:"
                " Required value: must have at least one node selector term"
            ),
        ),
        (
            {"topologySpreadConstraints": [{"maxSkew": 0, "topologyKey": "a"}]},
            (
                "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater"
                " than zero"
            ),
        ),
    ],
)
def test_an_invalid_pod_spec_is_refused_with_its_cause(spec: Obj, said: str) -> None:
    assert wrong(**spec) == [said]
