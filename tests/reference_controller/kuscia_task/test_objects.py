"""Tests the pods, services, config maps and the group that the controller creates."""

import json
import re
from dataclasses import replace

import pytest

from reference_controller import names
from reference_controller.kuscia_task.configuration import build_rendered, render
from reference_controller.kuscia_task.group import build_group
from reference_controller.kuscia_task.parties import Port
from reference_controller.kuscia_task.pods import build_pods
from reference_controller.kuscia_task.services import access_domains, build_services
from tests.reference_controller.kuscia_task.given import UID, app_image, container, made, party

KS = names.PREFIX
CONFIG = {"task.conf": '{"in": "{{.TASK_INPUT_CONFIG}}", "ports": {{.ALLOCATED_PORTS}}}'}
MOUNT = [{"mountPath": "/work/task.conf", "subPath": "task.conf"}]
CONFIGURED = app_image(
    templates=[{"spec": {"containers": [container(configVolumeMounts=MOUNT)]}}],
    configTemplates=CONFIG,
)


def plan(*parties, **kwargs):
    return made(*parties, **kwargs).plan


def pods_of(seen):
    return {(p["metadata"]["namespace"], p["metadata"]["name"]): p for p in seen.pods}


def test_a_pod_has_the_expected_labels_annotations_and_spec():
    [pod] = build_pods(plan(party("alice", "Host")))
    numbers = {p["name"]: p["containerPort"] for p in pod["spec"]["containers"][0]["ports"]}
    assert numbers["fed"] == 8080
    assert pod == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "psi-host-0",
            "namespace": "alice",
            "labels": {
                KS + "controller": "kusciatask",
                KS + "communication-role-server": "true",
                KS + "communication-role-client": "true",
                KS + "pod-identity": f"{UID}-Host-0",
                KS + "pod-role": "Host",
                KS + "task-resource-uid": "",
                KS + "task-uid": UID,
            },
            "annotations": {
                KS + "initiator": "alice",
                KS + "task-id": "psi",
                KS + "task-generation": "1",
                KS + "task-resource-group": "psi",
                KS + "task-resource": "",
            },
        },
        "spec": {
            "restartPolicy": "Never",
            "schedulerName": "kuscia-scheduler",
            "automountServiceAccountToken": False,
            "nodeSelector": {KS + "namespace": "alice"},
            "tolerations": [{"key": KS + "agent", "operator": "Exists", "effect": "NoSchedule"}],
            "containers": [
                {
                    "name": "app",
                    "image": "app:1",
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["sh"],
                    "workingDir": "/work",
                    "terminationMessagePolicy": "FallbackToLogsOnError",
                    "env": [
                        {"name": f"KUSCIA_PORT_{name.upper()}_NUMBER", "value": str(number)}
                        for name, number in numbers.items()
                    ],
                    "ports": [
                        {"name": name, "containerPort": number, "protocol": "TCP"}
                        for name, number in numbers.items()
                    ],
                }
            ],
        },
    }


def test_a_pod_mounts_its_own_rendered_config_map():
    [pod] = build_pods(plan(party("alice"), image=CONFIGURED))
    [volume] = pod["spec"]["volumes"]
    assert volume == {"name": "config-template", "configMap": {"name": "psi-0-config"}}
    [mount] = pod["spec"]["containers"][0]["volumeMounts"]
    assert mount == {"name": "config-template", **MOUNT[0]}


def test_mounts_without_config_templates_are_ignored():
    image = app_image(templates=[{"spec": {"containers": [container(configVolumeMounts=MOUNT)]}}])
    [pod] = build_pods(plan(party("alice"), image=image))
    assert "volumes" not in pod["spec"]
    assert "volumeMounts" not in pod["spec"]["containers"][0]


def test_a_metric_probe_becomes_annotations_with_the_allocated_port():
    probe = {"path": "/metrics", "port": "fed"}
    image = app_image(templates=[{"spec": {"containers": [container(metricProbe=probe)]}}])
    [pod] = build_pods(plan(party("alice"), image=image))
    annotations = pod["metadata"]["annotations"]
    assert annotations[KS + "metric_path"] == "/metrics"
    assert annotations[KS + "metric_port"] == "8080"
    assert "metricProbe" not in pod["spec"]["containers"][0]


def test_a_service_has_the_expected_labels_owner_and_ports():
    seen = made(party("alice", bandwidthLimits=[{"destinationID": "bob", "limitKBps": 100}]))
    fed, _ = build_services(seen.plan, pods_of(seen))
    assert fed == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "psi-0-fed",
            "namespace": "alice",
            "labels": {
                KS + "task-uid": UID,
                KS + "port-name": "fed",
                KS + "port-scope": "Cluster",
                KS + "loadbalancer": "domainroute",
            },
            "annotations": {
                KS + "initiator": "alice",
                KS + "task-id": "psi",
                KS + "task-generation": "1",
                KS + "protocol": "GRPC",
                KS + "access-domain": "",
                KS + "bandwidth-limit-bob": "100",
            },
            "ownerReferences": [
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "name": "psi-0",
                    "uid": "uid-psi-0",
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            "selector": {KS + "pod-identity": f"{UID}-0"},
            "ports": [{"name": "fed", "port": 8080, "protocol": "TCP", "targetPort": "fed"}],
            "publishNotReadyAddresses": True,
        },
    }


def test_each_port_with_a_service_has_one_per_pod():
    seen = made(party("alice", template={"replicas": 2}), party("bob"))
    found = [s["metadata"]["name"] for s in build_services(seen.plan, pods_of(seen))]
    pods = ("psi-0", "psi-1", "psi-0")
    assert found == [f"{pod}-{port}" for pod in pods for port in ("fed", "global")]


def policy(*ingresses):
    return {
        "ingresses": [
            {"from": {"roles": roles}, "ports": [{"port": port} for port in ports]}
            for roles, ports in ingresses
        ]
    }


@pytest.mark.parametrize(
    ("network_policy", "port", "scope", "domains"),
    [
        (None, "p0", "Cluster", ["a", "b", "c"]),
        (None, "p1", "Domain", []),
        (policy((["client"], ["p0", "p1"])), "p0", "Cluster", ["b", "c"]),
        (policy((["client"], ["p0", "p1"])), "p1", "Domain", ["b", "c"]),
        (policy((["client", "server"], ["p2"])), "p2", "Cluster", ["a", "b", "c"]),
        (policy((["client"], ["p0"])), "p2", "Cluster", []),
    ],
)
def test_the_network_policy_determines_the_domains_that_may_reach_a_port(
    network_policy, port, scope, domains
):
    parties = [party("a", "server"), party("b", "client"), party("c", "client")]
    seen = replace(
        made(), task={**made().task, "spec": {**made().task["spec"], "parties": parties}}
    )
    kits = replace(seen, namespaces=frozenset("abc")).plan.kits
    kit = replace(kits[0], template={**kits[0].template, "networkPolicy": network_policy})
    assert access_domains(kits, kit, Port(port, 1, "HTTP", scope)) == domains


def test_the_cluster_definition_of_each_pod_has_its_own_indexes():
    seen = made(party("alice", template={"replicas": 2}), party("bob"), image=CONFIGURED)
    template = {"x": "{{.TASK_CLUSTER_DEFINE}}"}
    kits = tuple(
        replace(
            kit,
            app_image={
                **kit.app_image,
                "spec": {**CONFIGURED["spec"], "configTemplates": template},
            },
        )
        for kit in seen.plan.kits
    )
    maps = build_rendered(replace(seen.plan, kits=kits), pods_of(seen))
    defines = [json.loads(config_map["data"]["x"]) for config_map in maps]
    assert [(d["selfPartyIdx"], d["selfEndpointIdx"]) for d in defines] == [(0, 0), (0, 1), (1, 0)]
    number = seen.plan.number(seen.plan.kits[1], "psi-0", seen.plan.kits[1].ports[1])
    assert defines[0]["parties"][1] == {
        "name": "bob",
        "role": "",
        "services": [
            {"portName": "fed", "endpoints": ["psi-0-fed.bob.svc"]},
            {"portName": "global", "endpoints": [f"psi-0-global.bob.svc:{number}"]},
        ],
    }


def test_a_rendered_config_map_is_valid_json_and_owned_by_its_pod():
    seen = made(party("alice"), image=CONFIGURED)
    [rendered] = build_rendered(seen.plan, pods_of(seen))
    assert rendered["metadata"]["ownerReferences"][0]["uid"] == "uid-psi-0"
    document = json.loads(rendered["data"]["task.conf"])
    assert document["in"] == '{"a": "b"}'
    assert [port["name"] for port in document["ports"]["ports"]] == ["fed", "global", "inner"]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.A}}", 'say "x"'),
        ('"{{.A}}"', r'"say \"x\""'),
        ('"id-{{ .A }}"', '"id-say "x""'),
        ("{{.OTHER}} {{B}}", "{{.OTHER}} {{B}}"),
    ],
    ids=[
        "plain",
        "escaped between quotes",
        "not escaped inside a longer text",
        "unknown names stay",
    ],
)
def test_a_template_is_rendered_with_its_values(template, text):
    assert render(template, {"A": 'say "x"'}) == text


def test_the_group_has_the_expected_labels_and_parties():
    seen = made(party("alice", "host", minReservedPods=1, template={"replicas": 2}), party("bob"))
    group = build_group(seen.plan)
    assert group["metadata"]["name"] == "psi"
    assert group["metadata"]["labels"] == {
        KS + "controller": "kusciatask",
        KS + "task-uid": UID,
        KS + "job-uid": "",
        KS + "interconn-protocol-type": "",
    }
    for asked in group["spec"]["parties"]:
        assert re.fullmatch("psi-[0-9a-f]{12}", asked.pop("taskResourceName"))
    assert group["spec"] == {
        "initiator": "alice",
        "minReservedMembers": 2,
        "resourceReservedSeconds": 30,
        "lifecycleSeconds": 300,
        "retryIntervalSeconds": 30,
        "parties": [
            {
                "domainID": "alice",
                "role": "host",
                "minReservedPods": 1,
                "pods": [{"name": "psi-host-0"}, {"name": "psi-host-1"}],
            },
            {"domainID": "bob", "minReservedPods": 1, "pods": [{"name": "psi-0"}]},
        ],
    }


@pytest.mark.parametrize("seconds", [0, -5, None])
def test_seconds_that_are_not_positive_are_replaced_by_the_default(seconds):
    group = build_group(plan(scheduleConfig={"lifecycleSeconds": seconds}))
    assert group["spec"]["lifecycleSeconds"] == 300
