"""Variants of pods, services and config maps: names, labels, fields, and how long they stay."""

from __future__ import annotations

from hashlib import sha256

from kuscia_conformance.kube.objects import SERVICES, labels_of
from reference_controller import names, runtime
from reference_controller.co_scheduler import fit
from reference_controller.kuscia_task import (
    configuration,
    naming,
    pods,
    ports,
    services,
    status,
    templates,
    transitions,
)
from tests.variants.catalogue import constant, instead_of, variant


@variant("names of pods", claims=False)
def roles_come_first():
    """A pod of a party with a role is called `<role>-of-<task>-<i>` (CR-16)."""
    _named(lambda task, slug, index: f"{slug}-of-{task}-{index}")


@variant("names of pods", claims=False)
def pods_are_numbered():
    """The pods of a party with a role have names that do not contain the role (CR-16)."""
    _named(lambda task, slug, index: f"{task}-{sha256(slug.encode()).hexdigest()[:6]}{index}")


def _named(name):
    old = naming.pod_names

    @instead_of(old)
    def pod_names(task, role, slug, replicas):
        if not role:
            return old(task, role, slug, replicas)
        return tuple(naming.object_name(name(task, slug, index)) for index in range(replicas))


@variant("config maps")
def other_config_maps():
    """Config maps are immutable, and have other names (CR-12)."""
    old = configuration._config_map

    @instead_of(configuration.rendered_name)
    def rendered_name(pod):
        return f"told-{sha256(pod.encode()).hexdigest()[:10]}"

    @instead_of(old)
    def config_map(*args, **options):
        return {**old(*args, **options), "immutable": True}


@variant("labels", claims=False)
def other_labels():
    """Labels and annotations of the controller, and the scheduler's name, are others."""
    kept = {"PREFIX", "DOMAIN", "DOMAIN_ROLE", "AGENT_TAINT", "UNSCHEDULABLE", "INTERCONN_PROTOCOL"}
    for name, value in list(vars(names).items()):
        if isinstance(value, str) and value.startswith(names.PREFIX) and name not in kept:
            constant(names, name, value.replace(names.PREFIX, "tasks.example.com/"))
    constant(names, "SCHEDULER", "another-scheduler")
    for resource, labels in runtime.WATCHED.items():
        if labels:
            runtime.WATCHED[resource] = names.TASK_UID


@variant("numbers of ports")
def other_ports():
    """A port whose number is not declared gets one of another range (VW-12)."""
    constant(ports, "FIRST", 40000)
    constant(ports, "LAST", 49999)


@variant("variables")
def own_variables_first():
    """The controller's own variables come before those of the template, and there are more."""
    old = pods._container

    @instead_of(old)
    def container(plan, kit, pod, template):
        made = old(plan, kit, pod, template)
        given = len(template.get("env") or ())
        own = [*made["env"][given:], {"name": "TASK_OF_POD", "value": plan.name}]
        return {**made, "env": [*own, *made["env"][:given]]}


@variant("variables")
def variables_twice():
    """A variable that a party replaces is listed twice; the last one counts (CR-06)."""

    @instead_of(templates._by_name)
    def by_name(base, changes):
        return [*base, *changes]


@variant("pods have more")
def pods_have_more():
    """A pod has further labels, tolerations and volumes, and more time to end."""
    old = pods._pod

    @instead_of(old)
    def pod(plan, kit, index):
        made = old(plan, kit, index)
        made["metadata"]["labels"]["example.com/team"] = "variants"
        made["spec"]["tolerations"].append({"key": "example.com/any", "operator": "Exists"})
        made["spec"].setdefault("volumes", []).append({"name": "scratch", "emptyDir": {}})
        made["spec"]["enableServiceLinks"] = False
        return made


@variant("services")
def services_with_addresses():
    """A service has an address, and leads to a pod once that is ready (CR-07)."""
    old = services._service

    @instead_of(old)
    def service(*args):
        made = old(*args)
        del made["spec"]["clusterIP"], made["spec"]["publishNotReadyAddresses"]
        return made


@variant("when services are made")
def services_before_pods():
    """Services are made before pods; no pod owns them, so they stay until the task is deleted."""
    steps = transitions.TRANSITIONS["Preparing"]
    steps.insert(steps.index(transitions.create_pods), _create_services)
    old = services._service

    @instead_of(old)
    def service(*args):
        made = old(*args)
        del made["metadata"]["ownerReferences"]
        made["metadata"]["annotations"][_LEADS_TO] = args[3]
        return made

    @instead_of(status.service_pod)
    def service_pod(made):
        metadata = made["metadata"]
        return f"{metadata['namespace']}/{metadata['annotations'][_LEADS_TO]}"


_LEADS_TO = "example.com/leads-to"


def _create_services(seen):
    if not seen.may_create or not isinstance(seen.plan, transitions.Plan):
        return None
    wanted = {
        (pod["metadata"]["namespace"], pod["metadata"]["name"]): {**pod, "metadata": _owner(pod)}
        for pod in pods.build_pods(seen.plan)
    }
    built = services.build_services(seen.plan, wanted)
    return transitions._create((SERVICES, transitions._lacking(built, seen.services)))


def _owner(pod):
    return {**pod["metadata"], "uid": "", "labels": labels_of(pod)}


@variant("which pods stay")
def nothing_stays():
    """Failed pods of a finished task are deleted, too (VW-09: the entries outlive them)."""

    @instead_of(transitions._unfailed)
    def unfailed(there):
        return list(there)


@variant("which pods stay")
def ended_pods_stay():
    """Pods that have ended stay until the task is deleted (RN-04)."""

    @instead_of(transitions._unfailed)
    def unfailed(there):
        return [pod for pod in there if status.pod_phase(pod) not in status.ENDED]


@variant("choice of nodes")
def last_node_first():
    """Pods go to the last node that has room (CR-14)."""
    _placed_by(lambda waiting, nodes: (waiting, list(nodes)[::-1]))


@variant("choice of nodes")
def last_pod_first():
    """Where there is room for some pods of a party, it is the last ones that get it (SC-09)."""
    _placed_by(lambda waiting, nodes: (list(waiting)[::-1], list(nodes)))


def _placed_by(order):
    old = fit.place

    @instead_of(old)
    def place(waiting, nodes):
        placed, left = old(*order(waiting, nodes))
        by_name = {node.name: node for node in left}
        return placed, [by_name[node.name] for node in nodes]
