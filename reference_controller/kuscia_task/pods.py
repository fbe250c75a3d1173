"""Builds the pods of a party (kusciatask.md section 6.2)."""

from __future__ import annotations

from collections.abc import Iterator

from kuscia_conformance.kube.objects import Obj
from reference_controller import names
from reference_controller.kuscia_task import configuration, naming
from reference_controller.kuscia_task.parties import Kit
from reference_controller.kuscia_task.plan import Plan

VOLUME = "config-template"
#: The fields that are copied from a deploy template's container to the pod's container (KT-134).
_VERBATIM = (
    "name",
    "command",
    "args",
    "workingDir",
    "envFrom",
    "resources",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "securityContext",
)


def build_pods(plan: Plan) -> Iterator[Obj]:
    """Yields every pod of the task's parties in this cluster, in the order of the parties."""
    for kit in plan.local:
        for index in range(len(kit.pods)):
            yield _pod(plan, kit, index)


def _pod(plan: Plan, kit: Kit, index: int) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": kit.pods[index],
            "namespace": kit.domain,
            "labels": _labels(plan, kit, index),
            "annotations": _annotations(plan, kit, index),
        },
        "spec": _spec(plan, kit, kit.pods[index]),
    }


def _labels(plan: Plan, kit: Kit, index: int) -> dict[str, str]:
    return {
        **plan.labels,
        names.COMMUNICATION_SERVER: "true",
        names.COMMUNICATION_CLIENT: "true",
        names.POD_IDENTITY: naming.pod_identity(plan.labels[names.TASK_UID], kit.role, index),
        names.POD_ROLE: naming.label_value(kit.role),
        names.TASK_RESOURCE_UID: "",
    }


def _annotations(plan: Plan, kit: Kit, index: int) -> dict[str, str]:
    annotations = {
        **plan.annotations,
        names.TASK_RESOURCE_GROUP: plan.name,
        names.TASK_RESOURCE: "",
        **_metrics(plan, kit, kit.pods[index]),
    }
    if image_id := kit.app_image["spec"]["image"].get("id"):
        annotations[names.IMAGE_ID] = image_id
    return annotations


def _metrics(plan: Plan, kit: Kit, pod: str) -> dict[str, str]:
    """Returns the annotations of the first container that declares a metric probe (KT-131)."""
    for container in kit.containers:
        probe = container.get("metricProbe") or {}
        port = next((port for port in kit.ports if port.name == probe.get("port")), None)
        if port and probe.get("path"):
            return {
                names.SCRAPED: "true",
                names.METRIC_PATH: probe["path"],
                names.METRIC_PORT: str(plan.number(kit, pod, port)),
            }
    return {}


def _spec(plan: Plan, kit: Kit, pod: str) -> Obj:
    template = kit.template["spec"]
    affinity = {"affinity": template["affinity"]} if template.get("affinity") else {}
    volume = {"name": VOLUME, "configMap": {"name": configuration.rendered_name(pod)}}
    return {
        "restartPolicy": template.get("restartPolicy") or "Never",
        "schedulerName": names.SCHEDULER,
        "automountServiceAccountToken": False,
        "nodeSelector": {names.DOMAIN: kit.domain},
        "tolerations": [{"key": names.AGENT_TAINT, "operator": "Exists", "effect": "NoSchedule"}],
        "containers": [_container(plan, kit, pod, container) for container in kit.containers],
        **affinity,
        **({"volumes": [volume]} if kit.mounts_configuration else {}),
    }


def _container(plan: Plan, kit: Kit, pod: str, template: Obj) -> Obj:
    image = kit.app_image["spec"]["image"]
    numbers = {port.name: plan.number(kit, pod, port) for port in kit.ports}
    container = {
        **{field: template[field] for field in _VERBATIM if template.get(field)},
        "image": f"{image['name']}:{image['tag']}",
        "imagePullPolicy": template.get("imagePullPolicy") or "IfNotPresent",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "env": [*(template.get("env") or ()), *_port_env(numbers)],
        "ports": [
            {"name": port["name"], "containerPort": numbers[port["name"]], "protocol": "TCP"}
            for port in template.get("ports") or ()
        ],
    }
    if kit.mounts_configuration and template.get("configVolumeMounts"):
        container["volumeMounts"] = [
            {"name": VOLUME, "mountPath": mount["mountPath"], "subPath": mount["subPath"]}
            for mount in template["configVolumeMounts"]
        ]
    return container


def _port_env(numbers: dict[str, int]) -> list[Obj]:
    """Returns variables that tell a container the numbers of all ports of its pod (KT-135)."""
    return [
        {"name": f"KUSCIA_PORT_{name.upper().replace('-', '_')}_NUMBER", "value": str(number)}
        for name, number in numbers.items()
    ]
