"""The configuration of a party's containers: the task's input, all parties, and the pod's ports.

The original creates two config maps per domain, one with the templates and one with the values.
The agent of its nodes inserts the values into the templates (kusciatask.md section 6.4). An
ordinary kubelet cannot do that. So the controller here renders the templates, and each pod mounts
a config map of its own. The pod owns it: it is deleted with the pod.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kuscia_conformance.kube.objects import Obj, owner_reference
from reference_controller.kuscia_task import naming
from reference_controller.kuscia_task.parties import Kit, Port
from reference_controller.kuscia_task.plan import Plan

_PLACEHOLDER = re.compile(r'(?P<open>"?)\{\{\s*\.(?P<name>\w+)\s*\}\}(?P<close>"?)')


def rendered_name(pod: str) -> str:
    """Returns the name of the config map that the pod mounts."""
    return naming.object_name(f"{pod}-config")


def build_rendered(plan: Plan, pods: Mapping[tuple[str, str], Obj]) -> Iterator[Obj]:
    """The rendered config map of each pod that mounts one; `pods` (by namespace, name) own them."""
    for kit in plan.local:
        for index, pod in enumerate(kit.pods if kit.mounts_configuration else ()):
            known = values(plan, kit, index)
            data = {key: render(text, known) for key, text in kit.config_templates.items()}
            rendered = _config_map(plan, kit, rendered_name(pod), data=data)
            rendered["metadata"]["ownerReferences"] = [owner_reference(pods[kit.domain, pod])]
            yield rendered


def render(template: str, known: Mapping[str, str]) -> str:
    """Returns the template with each `{{.NAME}}` replaced by its value.

    Between double quotes the value is escaped as in a JSON string; elsewhere it is inserted
    unchanged. A name that is not known stays in the text, so that a user can see it.
    """

    def replace(found: re.Match[str]) -> str:
        value = known.get(found["name"])
        if value is None:
            return found[0]
        if found["open"] and found["close"]:
            return json.dumps(value, ensure_ascii=False)
        return found["open"] + value + found["close"]

    return _PLACEHOLDER.sub(replace, template)


def values(plan: Plan, kit: Kit, index: int) -> dict[str, str]:
    """Returns the values of the templates' names, for the pod of the party with that index."""
    return {
        "KUSCIA_DOMAIN_ID": kit.domain,
        "TASK_ID": plan.name,
        "TASK_INPUT_CONFIG": plan.task["spec"]["taskInputConfig"],
        "TASK_CLUSTER_DEFINE": _json(_cluster_define(plan, kit, index)),
        "ALLOCATED_PORTS": _json(_allocated_ports(plan, kit, kit.pods[index])),
    }


def _config_map(plan: Plan, kit: Kit, name: str, *, data: dict[str, str]) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": kit.domain,
            "labels": plan.labels,
            "annotations": plan.annotations,
        },
        "data": data,
    }


def _cluster_define(plan: Plan, kit: Kit, index: int) -> Obj:
    """Returns all parties with their endpoints, and which party and pod reads them (KT-153)."""
    return {
        "parties": [_party(plan, other) for other in plan.kits],
        "selfPartyIdx": plan.kits.index(kit),
        "selfEndpointIdx": index,
    }


def _party(plan: Plan, kit: Kit) -> Obj:
    services = [
        {
            "portName": port.name,
            "endpoints": [_endpoint(plan, kit, pod, port) for pod in kit.pods],
        }
        for port in kit.ports
        if port.has_service
    ]
    return {"name": kit.domain, "role": kit.role, "services": services}


def _endpoint(plan: Plan, kit: Kit, pod: str, port: Port) -> str:
    host = f"{naming.service_name(pod, port.name)}.{kit.domain}.svc"
    return f"{host}:{plan.number(kit, pod, port)}" if port.scope == "Domain" else host


def _allocated_ports(plan: Plan, kit: Kit, pod: str) -> Obj:
    return {
        "ports": [
            {
                "name": port.name,
                "port": plan.number(kit, pod, port),
                "scope": port.scope,
                "protocol": port.protocol,
            }
            for port in kit.ports
        ]
    }


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
