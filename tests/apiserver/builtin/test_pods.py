"""Tests pods: defaults, allowed changes, binding, and the grace period of a deletion."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.builtin import bind, strategies
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import NOW, context, created, updated, with_metadata

PODS = ("", "pods")
CLASSES = [
    {"metadata": {"name": "high"}, "value": 7, "preemptionPolicy": "Never"},
    {"metadata": {"name": "usual"}, "value": 3, "globalDefault": True},
]


def pod(container: Obj | None = None, **spec: Any) -> Obj:
    containers = [{"name": "c", "image": "i:1", **(container or {})}]
    return with_metadata("v1", "Pod", "p", spec={"containers": containers, **spec})


def only_container(of: Obj) -> Obj:
    container: Obj = of["spec"]["containers"][0]
    return container


def changed(old: Obj, **spec: Any) -> Obj:
    return {**copy.deepcopy(old), "spec": {**copy.deepcopy(old["spec"]), **spec}}


def test_fields_left_out_of_a_pod_get_their_defaults() -> None:
    assert created(PODS, pod())["spec"] == {
        "containers": [
            {
                "name": "c",
                "image": "i:1",
                "resources": {},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "imagePullPolicy": "IfNotPresent",
            }
        ],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
        "tolerations": [
            {
                "key": f"node.kubernetes.io/{key}",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            }
            for key in ("not-ready", "unreachable")
        ],
        "priority": 0,
        "preemptionPolicy": "PreemptLowerPriority",
        "enableServiceLinks": True,
    }


def test_defaulting_a_pod_twice_changes_nothing() -> None:
    once = created(PODS, pod({"livenessProbe": {"httpGet": {"port": 1}}}, hostNetwork=True))
    twice = copy.deepcopy(once)
    strategies()[PODS].default(twice, context())
    assert twice == once


def test_zero_and_false_are_not_replaced_by_defaults() -> None:
    spec = created(PODS, pod(terminationGracePeriodSeconds=0, enableServiceLinks=False))["spec"]
    assert (spec["terminationGracePeriodSeconds"], spec["enableServiceLinks"]) == (0, False)


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("i", "Always"), ("i:latest", "Always"), ("h:5000/i", "Always"), ("i:1", "IfNotPresent"),
        ("h:5000/i:1", "IfNotPresent"), ("i@sha256:0", "IfNotPresent"), ("I/B", "IfNotPresent"),
    ],
)  # fmt: skip
def test_the_default_pull_policy_depends_on_the_tag_of_the_image(image: str, policy: str) -> None:
    assert only_container(created(PODS, pod({"image": image})))["imagePullPolicy"] == policy


@pytest.mark.parametrize(
    ("given", "field", "complete"),
    [
        ({"ports": [{"containerPort": 80}]}, "ports", [{"containerPort": 80, "protocol": "TCP"}]),
        ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]}, "env",
         [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "x", "apiVersion": "v1"}}}]),
        ({"livenessProbe": {"httpGet": {"port": 1}}}, "livenessProbe",
         {"httpGet": {"port": 1, "path": "/", "scheme": "HTTP"}, "timeoutSeconds": 1,
          "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}),
        ({"resources": {"limits": {"cpu": "1000m"}}}, "resources",
         {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}),
        ({"lifecycle": {"preStop": {"httpGet": {"port": 1}}}}, "lifecycle",
         {"preStop": {"httpGet": {"port": 1, "path": "/", "scheme": "HTTP"}}}),
    ],
)  # fmt: skip
def test_parts_of_a_container_get_their_defaults(given: Obj, field: str, complete: Any) -> None:
    assert only_container(created(PODS, pod(given)))[field] == complete


@pytest.mark.parametrize(
    ("volume", "complete"),
    [
        ({}, {"emptyDir": {}}),
        ({"configMap": {"name": "a"}}, {"configMap": {"name": "a", "defaultMode": 420}}),
        ({"secret": {"defaultMode": 0}}, {"secret": {"defaultMode": 0}}),
        ({"hostPath": {"path": "/a"}}, {"hostPath": {"path": "/a", "type": ""}}),
    ],
)  # fmt: skip
def test_volumes_get_their_defaults(volume: Obj, complete: Obj) -> None:
    kept = created(PODS, pod(volumes=[{"name": "v", **volume}]))["spec"]["volumes"]
    assert kept == [{"name": "v", **complete}]


def test_the_server_replaces_the_status_of_a_new_pod() -> None:
    new = {**pod(), "status": {"phase": "Running"}}
    assert created(PODS, new)["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


def test_a_new_pod_with_scheduling_gates_has_a_condition_scheduling_gated() -> None:
    [condition] = created(PODS, pod(schedulingGates=[{"name": "a"}]))["status"]["conditions"]
    assert (condition["status"], condition["reason"]) == ("False", "SchedulingGated")


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ({}, "BestEffort"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
        ({"limits": {"example.com/gpu": "1"}}, "BestEffort"),
    ],
)
def test_the_resources_of_a_pod_determine_its_qos_class(resources: Obj, quality: str) -> None:
    assert created(PODS, pod({"resources": resources}))["status"]["qosClass"] == quality


def test_a_pod_has_the_priority_of_its_class_or_of_the_default_class() -> None:
    classes = context("priorityclasses", CLASSES)
    spec = created(PODS, pod(priorityClassName="high"), classes)["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (7, "Never")
    spec = created(PODS, pod(), classes)["spec"]
    assert (spec["priorityClassName"], spec["priority"]) == ("usual", 3)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"priorityClassName": "x"}, "no PriorityClass with name x was found"),
        (
            {"priority": 5},
            (
                "the integer value of priority (5) must not be provided in pod spec; priority"
                " admission controller computed 0 from the given PriorityClass name"
            ),
        ),
        ({"runtimeClassName": "x"}, 'pod rejected: RuntimeClass "x" not found'),
    ],
)  # fmt: skip
def test_admission_refuses_an_unknown_class_or_a_priority_set_by_hand(spec: Obj, why: str) -> None:
    with pytest.raises(StatusError) as refused:
        created(PODS, pod(**spec))
    assert (refused.value.code, refused.value.message) == (403, f'pods "p" is forbidden: {why}')


def test_no_default_tolerations_are_added_beside_one_for_all_taints() -> None:
    spec = created(PODS, pod(tolerations=[{"operator": "Exists"}]))["spec"]
    assert spec["tolerations"] == [{"operator": "Exists"}]


ALLOWED: list[Obj] = [
    {"containers": [{"name": "c", "image": "j"}]},
    {"activeDeadlineSeconds": 40},
    {"schedulingGates": []},
]


@pytest.mark.parametrize("change", ALLOWED)
def test_some_fields_of_a_pod_spec_may_be_changed(change: Obj) -> None:
    old = created(PODS, pod(activeDeadlineSeconds=50, schedulingGates=[{"name": "a"}]))
    if "containers" in change:
        change = {"containers": [{**only_container(old), "image": "j"}]}
    assert updated(PODS, old, changed(old, **change))[1] == []


def test_tolerations_may_be_added_but_not_removed() -> None:
    old = created(PODS, pod(tolerations=[{"key": "a", "operator": "Exists"}]))
    more = [*old["spec"]["tolerations"], {"key": "b", "operator": "Exists"}]
    assert updated(PODS, old, changed(old, tolerations=more))[1] == []
    causes = updated(PODS, old, changed(old, tolerations=more[1:]))[1]
    said = "existing toleration can not be modified except its tolerationSeconds"
    assert causes == [f"spec.tolerations: Forbidden: {said}"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"activeDeadlineSeconds": 60},
            (
                "spec.activeDeadlineSeconds: Invalid value: 60: must be less than or equal to"
                " previous value"
            ),
        ),
        (
            {"activeDeadlineSeconds": None},
            (
                "spec.activeDeadlineSeconds: Invalid value: null: must not update from a "
                "positive integer to nil value"
            ),
        ),
        (
            {"schedulingGates": [{"name": "a"}]},
            (
                "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found"
                " new scheduling gate 'a'"
            ),
        ),
        (
            {"initContainers": [{"name": "d", "image": "x"}]},
            (
                "spec.initContainers: Forbidden: pod updates may not add or remove init "
                "containers"
            ),
        ),
    ],
)  # fmt: skip
def test_a_field_with_its_own_update_rule_is_refused_in_its_words(change: Obj, said: str) -> None:
    old = created(PODS, pod(activeDeadlineSeconds=50))
    assert updated(PODS, old, changed(old, **change))[1] == [said]


@pytest.mark.parametrize("change", [{"nodeName": "n"}, {"restartPolicy": "Never"}])
def test_other_fields_of_a_pod_spec_cannot_be_changed(change: Obj) -> None:
    old = created(PODS, pod())
    [said] = updated(PODS, old, changed(old, **change))[1]
    assert said.startswith("spec: Forbidden: pod updates may not change fields other than ")
    [(field, value)] = change.items()
    assert f'+  "{field}": "{value}"' in said


def test_only_the_status_subresource_writes_the_status_of_a_pod() -> None:
    old = created(PODS, pod())
    new = {**changed(old, restartPolicy="Never"), "status": {"phase": "Running"}}
    assert updated(PODS, old, new, "status")[0] == {
        **old,
        "status": {"phase": "Running", "qosClass": "BestEffort"},
    }
    assert updated(PODS, old, {**old, "status": {"phase": "Running"}})[0] == old


def test_fields_set_by_admission_stay_when_an_update_leaves_them_out() -> None:
    old = created(PODS, pod(priorityClassName="high"), context("priorityclasses", CLASSES))
    left_out = ("priority", "preemptionPolicy", "tolerations")
    spec = {key: value for key, value in old["spec"].items() if key not in left_out}
    assert updated(PODS, old, {**old, "spec": spec}) == (old, [])


def test_resize_and_ephemeralcontainers_write_only_their_part_of_the_spec() -> None:
    old = created(PODS, pod())
    resources = {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}
    container = {**only_container(old), "image": "j", "resources": resources}
    debugger = {"name": "d", "image": "x"}
    new = changed(old, containers=[container], ephemeralContainers=[debugger])
    resized, _ = updated(PODS, old, new, "resize")
    assert resized["spec"] == {
        **old["spec"],
        "containers": [{**container, "image": "i:1"}],
    }
    debugged, _ = updated(PODS, old, new, "ephemeralcontainers")
    [added] = debugged["spec"].pop("ephemeralContainers")
    assert (debugged["spec"], added["name"]) == (old["spec"], "d")


def test_a_pod_status_gets_the_fields_that_golang_always_writes() -> None:
    old = created(PODS, pod())
    status = {
        "podIP": "10.0.0.1",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 1}}}],
    }
    kept = updated(PODS, old, {**old, "status": status}, "status")[0]["status"]
    assert kept["podIPs"] == [{"ip": "10.0.0.1"}]
    assert kept["conditions"][0]["lastProbeTime"] is None
    assert kept["containerStatuses"] == [
        {
            "name": "c",
            "ready": False,
            "restartCount": 0,
            "image": "",
            "imageID": "",
            "lastState": {},
            "state": {"terminated": {"exitCode": 1, "startedAt": None, "finishedAt": None}},
        }
    ]


def test_an_update_of_the_status_cannot_change_the_qos_class() -> None:
    old = created(PODS, pod())
    new = {**old, "status": {"qosClass": "Burstable"}}
    said = 'status.qosClass: Invalid value: "Burstable": field is immutable'
    assert updated(PODS, old, new, "status")[1] == [said]


BINDING: Obj = {"metadata": {"name": "p"}, "target": {"kind": "Node", "name": "n"}}


def test_a_bound_pod_has_a_node_and_the_condition_pod_scheduled() -> None:
    old = created(PODS, pod())
    before = copy.deepcopy(old)
    bound = bind(old, {**BINDING, "metadata": {"name": "p", "annotations": {"a": "b"}}}, NOW)
    assert old == before
    assert bound["spec"] == {**old["spec"], "nodeName": "n"}
    assert bound["metadata"]["annotations"] == {"a": "b"}
    assert bound["status"]["conditions"] == [
        {
            "type": "PodScheduled",
            "status": "True",
            "lastProbeTime": None,
            "lastTransitionTime": "2026-11-24T12:00:00Z",
        }
    ]


@pytest.mark.parametrize(
    ("metadata", "spec", "why"),
    [
        ({}, {"nodeName": "m"}, 'is already assigned to node "m"'),
        ({"deletionTimestamp": "t"}, {}, "is being deleted, cannot be assigned to a host"),
        ({}, {"schedulingGates": [{"name": "a"}]}, "has non-empty .spec.schedulingGates"),
    ],
)
def test_assigned_deleted_and_gated_pods_cannot_be_bound(
    metadata: Obj, spec: Obj, why: str
) -> None:
    old = created(PODS, pod(**spec))
    old["metadata"] |= metadata
    with pytest.raises(StatusError) as refused:
        bind(old, BINDING, NOW)
    said = f'Operation cannot be fulfilled on pods/binding "p": pod p {why}'
    assert (refused.value.code, refused.value.message) == (409, said)


@pytest.mark.parametrize(
    ("binding", "code", "said"),
    [
        (
            {"metadata": {"name": "q"}, "target": {"name": "n"}},
            400,
            (
                "name in URL does not match name in Binding object"
            ),
        ),
        (
            {"metadata": {"name": "p"}, "target": {"kind": "Node"}},
            500,
            (
                "target.name: Required value"
            ),
        ),
        (
            {"metadata": {"name": "p"}, "target": {"kind": "Pod", "name": "n"}},
            500,
            (
                'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'
            ),
        ),
    ],
)  # fmt: skip
def test_a_binding_must_name_its_pod_and_a_node(binding: Obj, code: int, said: str) -> None:
    with pytest.raises(StatusError) as refused:
        bind(created(PODS, pod()), binding, NOW)
    assert (refused.value.code, refused.value.message) == (code, said)


@pytest.mark.parametrize(
    ("spec", "phase", "asked", "seconds"),
    [
        ({}, "Pending", None, 0), ({}, "Pending", 7, 0),
        ({"nodeName": "n"}, "Pending", None, 30), ({"nodeName": "n"}, "Running", 5, 5),
        ({"nodeName": "n", "terminationGracePeriodSeconds": 9}, "Running", None, 9),
        ({"nodeName": "n", "terminationGracePeriodSeconds": 0}, "Running", None, 0),
        ({"nodeName": "n"}, "Succeeded", None, 0), ({"nodeName": "n"}, "Failed", 5, 0),
    ],
)  # fmt: skip
def test_the_grace_period_is_zero_unless_a_container_of_the_pod_may_run(
    spec: Obj, phase: str, asked: int | None, seconds: int
) -> None:
    kept = created(PODS, pod(**spec))
    kept["status"]["phase"] = phase
    assert strategies()[PODS].grace_seconds(kept, asked) == seconds


def test_pods_are_selectable_by_node_and_phase() -> None:
    strategy = strategies()[PODS]
    fields = strategy.fields(created(PODS, pod(nodeName="n", hostNetwork=True)))
    assert set(fields) == set(strategy.selectable)
    chosen = ("spec.nodeName", "status.phase", "spec.hostNetwork", "status.podIP")
    assert [fields[key] for key in chosen] == ["n", "Pending", "true", ""]
