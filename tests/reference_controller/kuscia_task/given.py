"""The concept page's PSI task in each of its stations, as small as it can be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE, TASK_RESOURCES
from kuscia_conformance.kube.objects import time_text
from reference_controller.kuscia_task.configuration import build_rendered
from reference_controller.kuscia_task.group import build_group
from reference_controller.kuscia_task.pods import build_pods
from reference_controller.kuscia_task.seen import Seen
from reference_controller.kuscia_task.services import build_services
from reference_controller.kuscia_task.transitions import accept, record, start

T = datetime(2024, 1, 1, tzinfo=UTC)
S = timedelta(seconds=1)
UID = "11111111-2222-3333-4444-555555555555"
IMAGE = {"image": {"name": "app", "tag": "1"}}


def app_image(name="image", templates=None, **spec):
    default = [{"name": "app", "spec": {"containers": [container()]}}]
    spec = {**IMAGE, "deployTemplates": default if templates is None else templates, **spec}
    return {"metadata": {"name": name}, "spec": spec}


def container(name="app", **fields):
    ports = [
        {"name": "fed", "port": 8080, "protocol": "GRPC", "scope": "Cluster"},
        {"name": "global", "protocol": "HTTP", "scope": "Domain"},
        {"name": "inner", "protocol": "HTTP", "scope": "Local"},
    ]
    return {"name": name, "command": ["sh"], "workingDir": "/work", "ports": ports, **fields}


def party(domain, role=None, **fields):
    roles = {"role": role} if role else {}
    return {"domainID": domain, "appImageRef": "image", **roles, **fields}


def task(*parties, status=None, **spec):
    return {
        "apiVersion": KUSCIA_TASKS.api_version,
        "kind": "KusciaTask",
        "metadata": {
            "name": "psi",
            "namespace": TASK_NAMESPACE,
            "uid": UID,
            "resourceVersion": "7",
            "creationTimestamp": time_text(T),
        },
        "spec": {
            "initiator": "alice",
            "parties": list(parties) or [party("alice"), party("bob")],
            "taskInputConfig": '{"a": "b"}',
            **spec,
        },
        "status": status or {},
    }


def new(*parties, image=None, **spec):
    """Nothing has been done yet."""
    image = image or app_image()
    return Seen(
        T,
        task(*parties, **spec),
        app_images={image["metadata"]["name"]: image},
        namespaces=frozenset({"alice", "bob", "carol"}),
    )


def stored(obj, uid=None):
    """An object as the API server gives it back."""
    metadata = {
        "uid": uid or f"uid-{obj['metadata']['name']}",
        "resourceVersion": "8",
        "creationTimestamp": time_text(T),
    }
    return {**obj, "metadata": {**obj["metadata"], **metadata}}


def after(seen, decision, **changes):
    """What is seen when the decision's last action, a status of the task, is written."""
    status = decision.stages[-1][-1].status
    return replace(seen, task={**seen.task, "status": status}, **changes)


def accepted(*parties, **kwargs):
    seen = new(*parties, **kwargs)
    return after(seen, accept(seen))


def made(*parties, **kwargs):
    """Everything is created, and not yet recorded."""
    seen = accepted(*parties, **kwargs)
    pods = tuple(stored(pod) for pod in build_pods(seen.plan))
    owners = {(pod["metadata"]["namespace"], pod["metadata"]["name"]): pod for pod in pods}
    maps = build_rendered(seen.plan, owners)
    return replace(
        seen,
        pods=pods,
        services=tuple(stored(service) for service in build_services(seen.plan, owners)),
        config_maps=tuple(stored(config_map) for config_map in maps),
        group=stored(build_group(seen.plan), uid="group-uid"),
    )


def pending(*parties, **kwargs):
    """Everything is created and recorded; no pod has begun."""
    seen = made(*parties, **kwargs)
    return after(seen, record(seen))


def running(*parties, phases=("Running", "Running"), **kwargs):
    """The pods are in these phases, and the task knows that it runs."""
    seen = with_pods(pending(*parties, **kwargs), *(pod_status(phase) for phase in phases))
    return after(seen, start(with_pods(seen, *[pod_status("Running")] * len(seen.pods))))


def with_pods(seen, *statuses):
    """The pods with these statuses; None is a pod that is gone."""
    pods = zip(seen.pods, statuses, strict=True)
    return replace(seen, pods=tuple({**pod, "status": s} for pod, s in pods if s is not None))


def with_group(seen, phase, **status):
    return replace(seen, group={**seen.group, "status": {"phase": phase, **status}})


def pod_status(phase, **fields):
    return {"phase": phase, "startTime": time_text(T + 2 * S), **fields}


def ended(code, message="", reason=None, name="app"):
    """A container status of a container that has ended."""
    reason = reason or ("Error" if code else "Completed")
    terminated = {"exitCode": code, "reason": reason, **({"message": message} if message else {})}
    return {"name": name, "restartCount": 0, "state": {"terminated": terminated}}


def waiting(reason, message="", name="app", restarts=0):
    state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}
    return {"name": name, "restartCount": restarts, "state": state}


def resource(domain, *conditions, role=None):
    return {
        "apiVersion": TASK_RESOURCES.api_version,
        "metadata": {"name": f"psi-{domain}", "namespace": domain, "uid": f"tr-{domain}"},
        "spec": {"role": role} if role else {},
        "status": {"phase": "Failed", "conditions": list(conditions)},
    }
