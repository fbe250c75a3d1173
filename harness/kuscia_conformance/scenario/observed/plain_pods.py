"""Pods that belong to no task: what else takes the room of the nodes.

They are created with `spec.nodeName`, so that no scheduler takes part.
"""

from __future__ import annotations

from decimal import Decimal

from kuscia_conformance.errors import AlreadyExists, ClusterError, FeatureError
from kuscia_conformance.kube.objects import PODS, Obj, name_of, namespace_of, quantity
from kuscia_conformance.scenario.capacity import PLAIN, free_of, plain_pod, set_request
from kuscia_conformance.scenario.scenario import Scenario


def make_plain_pods(
    scenario: Scenario, domain: str, name: str, seconds: str | None, spared: tuple[str, str] | None
) -> None:
    """Creates a plain pod on each node of the domain (`capacity.plain_pod`).

    With `spared`, such as `500m` and `cpu`, each pod takes all of this resource that is free on
    its node but that much. Raises FeatureError if such a pod exists already, and ClusterError for a
    node that has less.
    """
    api = scenario.connection.api
    for number, node in enumerate(scenario.domains.nodes_of(domain)):
        own = name if number == 0 else f"{name}-{number}"
        pod = plain_pod(own, scenario.names.namespace(domain), node, seconds)
        if spared:
            free = scenario.connection.run(free_of(api, node, spared[1]))
            _take_all_but(*spared, pod, free, domain)
        _create_on_node(scenario, pod, f"{domain}/{own}")


def make_pods_of_others(scenario: Scenario, file: str, domain: str) -> list[str]:
    """Creates the pods of the file on the first node of the domain; returns their keys.

    Raises FeatureError for a manifest that is no pod of a domain of the scenario.
    """
    [node, *_] = scenario.domains.nodes_of(domain)
    keys = []
    for manifest in scenario.files.manifests(file):
        key = f"{namespace_of(manifest)}/{name_of(manifest)}"
        if manifest["kind"] != PODS.kind or namespace_of(manifest) not in scenario.domains.nodes:
            raise FeatureError(f"{manifest['kind']} {key} of {file} is no pod of a given domain")
        pod = scenario.names.outgoing(manifest)
        pod["spec"]["nodeName"] = node
        pod["metadata"]["labels"] = {PLAIN: "true"}
        _create_on_node(scenario, pod, key)
        keys.append(key)
    return keys


def _create_on_node(scenario: Scenario, pod: Obj, key: str) -> None:
    try:
        scenario.connection.run(scenario.connection.api.create(PODS, pod))
    except AlreadyExists as error:
        hint = "give each plain pod a name of its own"
        raise FeatureError(f"the pod {key} exists already", hint=hint) from error


def _take_all_but(amount: str, resource: str, pod: Obj, free: Decimal, domain: str) -> None:
    if free < quantity(amount):
        text = f"a node of {domain} has {free:f} of {resource} free, less than the {amount}"
        hint = "use larger nodes, or a smaller amount in the step"
        raise ClusterError(f"{text} that are to stay free", hint=hint)
    set_request(pod, resource, free - quantity(amount))
