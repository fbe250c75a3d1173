"""Tests the defaults and validation of roles, leases, endpoints, priority classes, workloads."""

from __future__ import annotations

from typing import Any

import pytest

from kuscia_conformance.apiserver.builtin import strategies
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import causes_of, created, updated, with_metadata

GROUP = "rbac.authorization.k8s.io"
ROLES, CLUSTER_ROLES = (GROUP, "roles"), (GROUP, "clusterroles")
BINDINGS, CLUSTER_BINDINGS = (GROUP, "rolebindings"), (GROUP, "clusterrolebindings")
LEASES = ("coordination.k8s.io", "leases")
ENDPOINTS, SLICES = ("", "endpoints"), ("discovery.k8s.io", "endpointslices")
CLASSES = ("scheduling.k8s.io", "priorityclasses")
DEPLOYMENTS, REPLICA_SETS, JOBS = (
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("batch", "jobs"),
)
SELECTOR = {"matchLabels": {"a": "b"}}
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c"}]}}


def thing(**parts: Any) -> Obj:
    return with_metadata("v1", "Thing", "t", **parts)


def role(rule: Obj) -> Obj:
    return thing(rules=[rule])


def binding(kind: str = "Role", name: str = "r", subject: str = "") -> Obj:
    subjects = [{"kind": subject, "name": "s"}] if subject else []
    return thing(roleRef={"kind": kind, "name": name}, subjects=subjects)


@pytest.mark.parametrize(
    ("key", "obj", "causes"),
    [
        (ROLES, role({"verbs": ["get"], "apiGroups": [""], "resources": ["a"]}), []),
        (
            ROLES,
            role({"apiGroups": [""], "resources": ["a"]}),
            ["rules[0].verbs: Required value: verbs must contain at least one value"],
        ),
        (
            ROLES,
            role({"verbs": ["get"], "apiGroups": [""]}),
            [
                (
                    "rules[0].resources: Required value: resource rules must supply at least one "
                    "resource"
                )
            ],
        ),
        (
            ROLES,
            role({"verbs": ["get"], "nonResourceURLs": ["/a"]}),
            [
                (
                    'rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot '
                    "apply to non-resource URLs"
                )
            ],
        ),
        (CLUSTER_ROLES, role({"verbs": ["get"], "nonResourceURLs": ["/a"]}), []),
        (
            BINDINGS,
            binding(kind="User"),
            [('roleRef.kind: Unsupported value: "User": supported values: "Role", "ClusterRole"')],
        ),
        (BINDINGS, binding(name=""), ["roleRef.name: Required value"]),
        (
            CLUSTER_BINDINGS,
            binding(),
            ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
        ),
        (
            CLUSTER_BINDINGS,
            binding(kind="ClusterRole", subject="ServiceAccount"),
            ["subjects[0].namespace: Required value"],
        ),
        (LEASES, thing(spec={"leaseDurationSeconds": 15, "leaseTransitions": 0}), []),
        (
            LEASES,
            thing(spec={"leaseDurationSeconds": 0}),
            ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
        ),
        (
            LEASES,
            thing(spec={"leaseTransitions": -1}),
            ["spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"],
        ),
        (
            ENDPOINTS,
            thing(subsets=[{}]),
            ["subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"],
        ),
        (SLICES, thing(), ["addressType: Required value"]),
        (
            SLICES,
            thing(addressType="IPv4", endpoints=[{}]),
            ["endpoints[0].addresses: Required value: must contain at least 1 address"],
        ),
        (
            CLASSES,
            thing(value=2_000_000_000),
            [("value: Forbidden: maximum allowed value of a user defined priority is 1000000000")],
        ),
        (DEPLOYMENTS, thing(spec={"selector": SELECTOR, "template": TEMPLATE}), []),
        (
            REPLICA_SETS,
            thing(spec={"selector": {"matchLabels": {"a": "c"}}, "template": TEMPLATE}),
            [
                (
                    'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not'
                    " match template `labels`"
                )
            ],
        ),
        (
            JOBS,
            thing(spec={"template": TEMPLATE}),
            [
                (
                    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure",'
                    ' "Never"'
                )
            ],
        ),
    ],
)
def test_an_invalid_object_is_refused_with_its_causes(
    key: tuple[str, str], obj: Obj, causes: list[str]
) -> None:
    assert causes_of(key, obj) == causes


def test_references_to_roles_and_users_get_the_rbac_api_group() -> None:
    kept = created(BINDINGS, binding(kind="Role", name="r"))
    assert kept["roleRef"] == {"kind": "Role", "name": "r", "apiGroup": GROUP}
    users = thing(roleRef={}, subjects=[{"kind": "User"}, {"kind": "ServiceAccount"}])
    kinds = [{"kind": "User", "apiGroup": GROUP}, {"kind": "ServiceAccount"}]
    assert created(BINDINGS, users)["subjects"] == kinds


def test_the_role_of_a_binding_cannot_be_changed() -> None:
    old = created(BINDINGS, binding())
    said = f'{{"APIGroup":"{GROUP}","Kind":"Role","Name":"q"}}: cannot change roleRef'
    assert updated(BINDINGS, old, binding(name="q"))[1] == [f"roleRef: Invalid value: {said}"]


def test_the_value_and_policy_of_a_priority_class_cannot_be_changed() -> None:
    old = created(CLASSES, thing(value=5))
    assert updated(CLASSES, old, thing(value=5, description="x"))[1] == []
    assert updated(CLASSES, old, thing(value=6, preemptionPolicy="Never"))[1] == [
        "value: Forbidden: may not be changed in an update.",
        'preemptionPolicy: Invalid value: "Never": field is immutable',
    ]


def test_a_deployment_has_a_rolling_update_strategy_by_default() -> None:
    spec = created(DEPLOYMENTS, thing(spec={"template": TEMPLATE}))["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": "25%"}
    assert "enableServiceLinks" not in spec["template"]["spec"]


def test_a_job_selects_its_pods_by_its_uid() -> None:
    job = thing(spec={"template": TEMPLATE})
    job["metadata"]["uid"] = "u"
    spec = created(JOBS, job)["spec"]
    assert spec["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}}
    assert spec["template"]["metadata"]["labels"]["job-name"] == "t"


@pytest.mark.parametrize("key", [REPLICA_SETS, ("policy", "poddisruptionbudgets")])
def test_spec_and_status_are_updated_separately(key: tuple[str, str]) -> None:
    old = created(key, thing(spec={"template": TEMPLATE, "replicas": 1}))
    new = {**old, "spec": {**old["spec"], "replicas": 2}, "status": {**old["status"], "a": 1}}
    assert updated(key, old, new)[0] == {**new, "status": old["status"]}
    assert updated(key, old, new, "status")[0] == {**new, "spec": old["spec"]}


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        (("networking.k8s.io", "networkpolicies"), "policyTypes", ["Ingress"]),
        (("", "persistentvolumes"), "volumeMode", "Filesystem"),
        (("batch", "cronjobs"), "concurrencyPolicy", "Allow"),
        (("apps", "statefulsets"), "podManagementPolicy", "OrderedReady"),
        (("apps", "daemonsets"), "revisionHistoryLimit", 10),
    ],
)
def test_fields_left_out_of_a_spec_get_their_defaults(
    key: tuple[str, str], field: str, value: object
) -> None:
    assert created(key, thing(spec={}))["spec"][field] == value


def test_a_new_volume_claim_has_the_protection_finalizer() -> None:
    claims = ("", "persistentvolumeclaims")
    assert created(claims, thing())["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]


def test_two_ports_of_an_endpoint_slice_with_one_name_are_refused() -> None:
    ports = [{"name": "a", "port": 1}, {"name": "a", "port": 2}]
    said = 'ports[1].name: Duplicate value: "a"'
    assert causes_of(SLICES, thing(addressType="IPv4", ports=ports)) == [said]


COUNTED = (DEPLOYMENTS, ("", "pods"), SLICES, CLASSES, ("batch", "cronjobs"))
UNCOUNTED = (LEASES, ROLES, ("", "services"), ("", "nodes"), ("", "serviceaccounts"))


def test_generations_are_counted_for_some_kinds_only() -> None:
    known = strategies()
    assert all(known[key].counts_generations for key in COUNTED)
    assert not any(known[key].counts_generations for key in UNCOUNTED)
