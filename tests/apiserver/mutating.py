"""Valid manifests of many kinds, and a function that breaks them at random.

`MANIFESTS` pairs the path of each collection with a valid object. `mutated` replaces, removes,
repeats or wraps values of an object in random places; `ODD` lists the values that it inserts.
"""

from __future__ import annotations

from random import Random
from typing import Any

import orjson

from kuscia_conformance.kube.objects import Obj

KUSCIA = "/apis/kuscia.secretflow/v1alpha1"
NAMES = "/api/v1/namespaces/default"

POD: Obj = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "pod",
        "labels": {"a": "b"},
        "annotations": {"c": "d"},
        "finalizers": ["example.com/x"],
        "ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "u", "controller": True}
        ],
    },
    "spec": {
        "containers": [
            {
                "name": "main",
                "image": "image:1",
                "command": ["sh", "-c"],
                "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
                "env": [
                    {"name": "A", "value": "b"},
                    {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                ],
                "resources": {
                    "requests": {"cpu": "100m", "memory": "1Gi"},
                    "limits": {"cpu": 1, "memory": "2Gi"},
                },
                "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 3},
                "readinessProbe": {"exec": {"command": ["true"]}},
                "securityContext": {"runAsUser": 1, "capabilities": {"add": ["NET_ADMIN"]}},
                "lifecycle": {"preStop": {"tcpSocket": {"port": 80}}},
            }
        ],
        "initContainers": [{"name": "init", "image": "i", "restartPolicy": "Always"}],
        "volumes": [
            {"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}},
            {"name": "w", "emptyDir": {"sizeLimit": "1Mi"}},
        ],
        "restartPolicy": "Never",
        "nodeSelector": {"a": "b"},
        "tolerations": [{"key": "k", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}
                    ]
                }
            }
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "z",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": {"a": "b"}},
            }
        ],
        "securityContext": {"fsGroup": 1, "sysctls": [{"name": "kernel.shm", "value": "1"}]},
        "terminationGracePeriodSeconds": 30,
        "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["h"]}],
        "schedulingGates": [{"name": "example.com/g"}],
        "readinessGates": [{"conditionType": "example.com/c"}],
    },
    "status": {
        "phase": "Pending",
        "podIPs": [{"ip": "10.0.0.1"}],
        "conditions": [{"type": "Ready", "status": "False"}],
        "containerStatuses": [
            {"name": "main", "state": {"terminated": {"exitCode": 1}}, "ready": False}
        ],
    },
}
SERVICE: Obj = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "service", "labels": {"a": "b"}},
    "spec": {
        "selector": {"a": "b"},
        "type": "NodePort",
        "ports": [
            {"name": "a", "port": 80, "targetPort": "http", "protocol": "TCP"},
            {"name": "b", "port": 81, "targetPort": 81, "nodePort": 30100},
        ],
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10}},
        "externalIPs": ["1.2.3.4"],
    },
    "status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}},
}
CONFIG_MAP: Obj = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {
        "name": "config",
        "namespace": "default",
        "labels": {"a": "b"},
        "managedFields": [
            {
                "manager": "m",
                "operation": "Update",
                "apiVersion": "v1",
                "time": "2026-01-01T00:00:00Z",
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:data": {".": {}, "f:a": {}}},
            }
        ],
    },
    "data": {"a": "b"},
    "binaryData": {"c": "ZA=="},
    "immutable": False,
}
DEFINITION: Obj = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.fuzz.example.com"},
    "spec": {
        "group": "fuzz.example.com",
        "scope": "Namespaced",
        "names": {
            "plural": "things",
            "singular": "thing",
            "kind": "Thing",
            "listKind": "ThingList",
            "shortNames": ["th"],
            "categories": ["all"],
        },
        "conversion": {"strategy": "None"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {
                    "status": {},
                    "scale": {
                        "specReplicasPath": ".spec.replicas",
                        "statusReplicasPath": ".status.replicas",
                    },
                },
                "additionalPrinterColumns": [
                    {"name": "Phase", "type": "string", "jsonPath": ".status.phase"}
                ],
                "selectableFields": [{"jsonPath": ".spec.color"}],
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["color"],
                                "x-kubernetes-validations": [
                                    {"rule": "self.replicas > 0", "message": "no"}
                                ],
                                "properties": {
                                    "color": {
                                        "type": "string",
                                        "enum": ["red", "blue"],
                                        "pattern": "^[a-z]+$",
                                        "default": "red",
                                    },
                                    "replicas": {"type": "integer", "minimum": 0, "default": 1},
                                    "port": {"x-kubernetes-int-or-string": True},
                                    "free": {
                                        "type": "object",
                                        "x-kubernetes-preserve-unknown-fields": True,
                                    },
                                    "list": {
                                        "type": "array",
                                        "maxItems": 3,
                                        "x-kubernetes-list-type": "map",
                                        "x-kubernetes-list-map-keys": ["k"],
                                        "items": {
                                            "type": "object",
                                            "required": ["k"],
                                            "properties": {"k": {"type": "string"}},
                                        },
                                    },
                                    "map": {
                                        "type": "object",
                                        "additionalProperties": {
                                            "type": "string",
                                            "nullable": True,
                                        },
                                    },
                                    "any": {
                                        "anyOf": [{"required": ["a"]}, {"minLength": 1}],
                                        "type": "string",
                                        "format": "date-time",
                                    },
                                },
                            },
                            "status": {
                                "type": "object",
                                "properties": {"phase": {"type": "string"}},
                            },
                        },
                    }
                },
            },
            {
                "name": "v2",
                "served": True,
                "storage": False,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            },
        ],
    },
}
PARTY: Obj = {
    "domainID": "alice",
    "appImageRef": "image",
    "role": "client",
    "minReservedPods": 1,
    "template": {
        "replicas": 1,
        "spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "c", "resources": {"limits": {"cpu": "1"}}}],
        },
    },
}
TASK: Obj = {
    "apiVersion": "kuscia.secretflow/v1alpha1",
    "kind": "KusciaTask",
    "metadata": {"name": "task", "labels": {"a": "b"}},
    "spec": {
        "initiator": "alice",
        "taskInputConfig": "{}",
        "scheduleConfig": {"minReservedMembers": 1, "resourceReservedSeconds": 3},
        "parties": [PARTY, {**PARTY, "domainID": "bob"}],
    },
    "status": {
        "phase": "Running",
        "conditions": [{"type": "ResourceCreated", "status": "True"}],
        "podStatuses": {"alice/pod": {"podName": "pod", "podPhase": "Running"}},
    },
}
SECRET: Obj = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "secret"},
    "type": "Opaque",
    "data": {"a": "Yg=="},
    "stringData": {"c": "d"},
}
NODE: Obj = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "node"},
    "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]},
    "status": {"capacity": {"cpu": "1"}, "conditions": [{"type": "Ready", "status": "True"}]},
}
NAMESPACE: Obj = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "space"},
    "spec": {"finalizers": ["kubernetes"]},
}
LEASE: Obj = {
    "apiVersion": "coordination.k8s.io/v1",
    "kind": "Lease",
    "metadata": {"name": "lease"},
    "spec": {
        "holderIdentity": "x",
        "leaseDurationSeconds": 3,
        "renewTime": "2026-01-01T00:00:00.000000Z",
    },
}
EVENT: Obj = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "event"},
    "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
    "reason": "R",
    "message": "m",
    "type": "Normal",
    "count": 1,
    "firstTimestamp": "2026-01-01T00:00:00Z",
    "source": {"component": "c"},
}
SELECTOR: Obj = {
    "matchLabels": {"a": "b"},
    "matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}],
}
TEMPLATE: Obj = {
    "metadata": {"labels": {"a": "b"}},
    "spec": {**POD["spec"], "restartPolicy": "Always"},
}
DEPLOYMENT: Obj = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "deploy"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"a": "b"}},
        "template": TEMPLATE,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}},
    },
}
JOB: Obj = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "job"},
    "spec": {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 1,
        "template": {
            "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
        },
    },
}
ENDPOINTS: Obj = {
    "apiVersion": "v1",
    "kind": "Endpoints",
    "metadata": {"name": "ends"},
    "subsets": [{"addresses": [{"ip": "1.2.3.4"}], "ports": [{"name": "a", "port": 1}]}],
}
SLICE: Obj = {
    "apiVersion": "discovery.k8s.io/v1",
    "kind": "EndpointSlice",
    "metadata": {"name": "slice"},
    "addressType": "IPv4",
    "endpoints": [{"addresses": ["1.2.3.4"], "conditions": {"ready": True}}],
    "ports": [{"name": "a", "port": 1, "protocol": "TCP"}],
}
ROLE: Obj = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "role"},
    "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
}
BINDING: Obj = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "binding"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
    "subjects": [{"kind": "ServiceAccount", "name": "s", "namespace": "default"}],
}
PRIORITY: Obj = {
    "apiVersion": "scheduling.k8s.io/v1",
    "kind": "PriorityClass",
    "metadata": {"name": "priority"},
    "value": 3,
    "globalDefault": False,
}
QUOTA: Obj = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "quota"},
    "spec": {"hard": {"pods": "3", "requests.cpu": "1"}, "scopes": ["BestEffort"]},
}
NETWORK: Obj = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "net"},
    "spec": {"podSelector": SELECTOR, "ingress": [{"ports": [{"port": 80}]}]},
}
BUDGET: Obj = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "budget"},
    "spec": {"minAvailable": "50%", "selector": SELECTOR},
}

#: Each manifest with the path of its collection.
MANIFESTS: tuple[tuple[str, Obj], ...] = (
    (f"{NAMES}/pods", POD),
    (f"{NAMES}/services", SERVICE),
    (f"{NAMES}/configmaps", CONFIG_MAP),
    ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION),
    (f"{KUSCIA}/namespaces/default/kusciatasks", TASK),
    (f"{NAMES}/secrets", SECRET),
    ("/api/v1/nodes", NODE),
    ("/api/v1/namespaces", NAMESPACE),
    ("/apis/coordination.k8s.io/v1/namespaces/default/leases", LEASE),
    (f"{NAMES}/events", EVENT),
    ("/apis/apps/v1/namespaces/default/deployments", DEPLOYMENT),
    ("/apis/batch/v1/namespaces/default/jobs", JOB),
    (f"{NAMES}/endpoints", ENDPOINTS),
    ("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", SLICE),
    ("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", ROLE),
    ("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", BINDING),
    ("/apis/scheduling.k8s.io/v1/priorityclasses", PRIORITY),
    (f"{NAMES}/resourcequotas", QUOTA),
    ("/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", NETWORK),
    ("/apis/policy/v1/namespaces/default/poddisruptionbudgets", BUDGET),
)

#: The values that replace valid ones.
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63 - 1, 2**63, 2**64 - 1, 1.5, 1e300, -0.0, "",
    "a", "A b",
    "\x00", "é\u2028", "/", "..", "-", "0", "1e9", "100m", "1Zi", "2026-13-01T00:00:00Z", "x" * 300,
    [], [None], [[]], [1], ["a", "a"], [{}], [{"name": 1}], {}, {"": None}, {"a": {}}, {"name": []},
    {"$patch": "replace"}, {"$patch": "x"}, "$retainKeys", {"$setElementOrder/containers": [1]},
    "[", "(?P<", "self.", ".a[", "^(a+)+$", "example.com/a/b", "1.2.3.4", "::1", "25%", "-1%",
)  # fmt: skip


def mutated(random: Random, manifest: Obj, times: int) -> Any:
    """Returns a copy of the manifest that is broken in `times` random places."""
    changed: Any = _copy(manifest)
    for _ in range(times):
        places = list(_places(changed))
        if not places:
            break
        _spoil(random, *random.choice(places))
    return changed


def _places(value: Any) -> Any:
    """Yields each dict or list in `value` with each of its keys or indexes."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _spoil(random: Random, holder: Any, key: Any) -> None:
    how = random.randrange(5)
    if how == 0:
        del holder[key]
    elif how == 1 and isinstance(holder, list):
        holder.append(_copy(holder[key]))
    elif how == 1 or how == 2:
        holder[key] = _odd(random)
    elif how == 3 and isinstance(holder, dict):
        holder[random.choice([str(odd) for odd in ODD])] = holder.pop(key)
    elif how == 3:
        holder[key] = [holder[key]]
    elif isinstance(holder[key], dict):
        holder[key][random.choice(["a", "", "$patch", "x-y"])] = _odd(random)
    else:
        holder[key] = {"a": holder[key]}


def _odd(random: Random) -> Any:
    return _copy(random.choice(ODD))


def _copy(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
