"""The PSI task of the concept page, reduced to the minimum, in each state of its life.

new         no object exists yet
accepted    the task has its first status
made        all objects exist, but the status does not record them
pending     all objects exist and are recorded; no pod has started
running     pods are in the given phases, and the task is Running
"""

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
    """Returns the task with these parties (alice and bob by default) and fields of its spec."""
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
    """Returns a new task: the controller has not handled it yet."""
    image = image or app_image()
    return Seen(
        T,
        task(*parties, **spec),
        app_images={image["metadata"]["name"]: image},
        namespaces=frozenset({"alice", "bob", "carol"}),
    )


def stored(obj, uid=None):
    """Returns the object as the API server returns it, with uid, version and creation time."""
    metadata = {
        "uid": uid or f"uid-{obj['metadata']['name']}",
        "resourceVersion": "8",
        "creationTimestamp": time_text(T),
    }
    return {**obj, "metadata": {**obj["metadata"], **metadata}}


def after(seen, decision, **changes):
    """Returns the state after the decision's last action has written the status of the task."""
    status = decision.stages[-1][-1].status
    return replace(seen, task={**seen.task, "status": status}, **changes)


def accepted(*parties, **kwargs):
    seen = new(*parties, **kwargs)
    return after(seen, accept(seen))


def made(*parties, **kwargs):
    """Returns the state in which all objects exist and the status does not record them yet."""
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
    """Returns the state in which all objects are recorded in the status and no pod has started."""
    seen = made(*parties, **kwargs)
    return after(seen, record(seen))


def running(*parties, phases=("Running", "Running"), **kwargs):
    """Returns the state with pods in these phases and the task in phase Running."""
    seen = with_pods(pending(*parties, **kwargs), *(pod_status(phase) for phase in phases))
    return after(seen, start(with_pods(seen, *[pod_status("Running")] * len(seen.pods))))


def with_pods(seen, *statuses):
    """Returns the state with these pod statuses; None removes the pod."""
    pods = zip(seen.pods, statuses, strict=True)
    return replace(seen, pods=tuple({**pod, "status": s} for pod, s in pods if s is not None))


def with_group(seen, phase, **status):
    return replace(seen, group={**seen.group, "status": {"phase": phase, **status}})


def pod_status(phase, **fields):
    return {"phase": phase, "startTime": time_text(T + 2 * S), **fields}


def ended(code, message="", reason=None, name="app"):
    """Returns the status of a terminated container."""
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
