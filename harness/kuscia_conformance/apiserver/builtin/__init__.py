"""The built-in kinds: their defaults and validation, and the rules for metadata of all kinds.

Comes in: an object before it is written, and on an update also the old object. Goes out: the same
object with defaults, or a list of FieldErrors. It must not know the store or requests.

`strategies` maps every kind that has rules of its own to its `Strategy`. On a write, `writes` calls
`default`, then `prepare_create` or `prepare_update`, then `validate`. All but `validate` change the
object in place. All messages are Kubernetes' own words.

| metadata                   | validates metadata of all kinds, built-in and custom        |
| names, quantities, structs | what several modules need: text rules, numbers, errors      |
| split                      | base strategies                                             |
| bootstrap, ending          | a new server's objects; conditions of a deleted namespace   |
| pods, network, config, …   | the strategies, one module or package per group of kinds    |
"""

from __future__ import annotations

from collections.abc import Mapping

from kuscia_conformance.apiserver.apimachinery.kinds import Strategy
from kuscia_conformance.apiserver.builtin.bootstrap import default_objects, service_account
from kuscia_conformance.apiserver.builtin.config import ConfigMapStrategy, SecretStrategy
from kuscia_conformance.apiserver.builtin.events import EventStrategy, NewEventStrategy
from kuscia_conformance.apiserver.builtin.leases import LeaseStrategy
from kuscia_conformance.apiserver.builtin.metadata import validate_metadata
from kuscia_conformance.apiserver.builtin.namespaces import NamespaceStrategy
from kuscia_conformance.apiserver.builtin.network.endpoints import (
    EndpointSliceStrategy,
    EndpointsStrategy,
)
from kuscia_conformance.apiserver.builtin.network.network_policies import NetworkPolicyStrategy
from kuscia_conformance.apiserver.builtin.network.services import ServiceStrategy
from kuscia_conformance.apiserver.builtin.nodes import NodeStrategy
from kuscia_conformance.apiserver.builtin.pods.strategy import PodStrategy, bind
from kuscia_conformance.apiserver.builtin.priorities import PriorityClassStrategy
from kuscia_conformance.apiserver.builtin.rbac import GROUP as RBAC
from kuscia_conformance.apiserver.builtin.rbac import BindingStrategy, RoleStrategy
from kuscia_conformance.apiserver.builtin.split import SplitStrategy, UncountedStrategy
from kuscia_conformance.apiserver.builtin.storage import StorageClassStrategy, VolumeStrategy
from kuscia_conformance.apiserver.builtin.workloads import (
    CronJobStrategy,
    DaemonSetStrategy,
    DeploymentStrategy,
    JobStrategy,
    StatefulSetStrategy,
    WorkloadStrategy,
)

__all__ = ["bind", "default_objects", "service_account", "strategies", "validate_metadata"]


#: Kinds without metadata.generation that have no other rules of their own.
_UNCOUNTED = (
    ("", "serviceaccounts"),
    ("", "limitranges"),
    ("storage.k8s.io", "csidrivers"),
    ("storage.k8s.io", "csinodes"),
    ("node.k8s.io", "runtimeclasses"),
    ("networking.k8s.io", "ipaddresses"),
    ("autoscaling", "horizontalpodautoscalers"),
)
#: Kinds whose status is a subresource. A SplitStrategy is given the status of a new object.
_SPLIT: Mapping[tuple[str, str], Strategy] = {
    ("", "resourcequotas"): SplitStrategy({}, counts_generations=False),
    ("", "persistentvolumes"): VolumeStrategy("pv"),
    ("", "persistentvolumeclaims"): VolumeStrategy("pvc"),
    ("storage.k8s.io", "volumeattachments"): SplitStrategy({"attached": False}, False),
    ("networking.k8s.io", "servicecidrs"): SplitStrategy({}, counts_generations=False),
    ("networking.k8s.io", "ingresses"): SplitStrategy({"loadBalancer": {}}),
    ("batch", "cronjobs"): CronJobStrategy(),
    ("policy", "poddisruptionbudgets"): SplitStrategy(
        dict.fromkeys(("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"), 0)
    ),
}


def strategies() -> Mapping[tuple[str, str], Strategy]:
    """Returns the strategies of the built-in kinds, by group and plural.

    A kind that is not in the result has no rules of its own (`kinds.PLAIN`). The strategy of
    CustomResourceDefinitions is not here: `server` adds it.
    """
    return {
        ("", "pods"): PodStrategy(),
        ("", "services"): ServiceStrategy(),
        ("", "namespaces"): NamespaceStrategy(),
        ("", "nodes"): NodeStrategy(),
        ("", "configmaps"): ConfigMapStrategy(),
        ("", "secrets"): SecretStrategy(),
        ("", "events"): EventStrategy(),
        ("events.k8s.io", "events"): NewEventStrategy(),
        ("", "endpoints"): EndpointsStrategy(),
        ("discovery.k8s.io", "endpointslices"): EndpointSliceStrategy(),
        ("coordination.k8s.io", "leases"): LeaseStrategy(),
        ("scheduling.k8s.io", "priorityclasses"): PriorityClassStrategy(),
        (RBAC, "roles"): RoleStrategy(namespaced=True),
        (RBAC, "clusterroles"): RoleStrategy(namespaced=False),
        (RBAC, "rolebindings"): BindingStrategy(namespaced=True),
        (RBAC, "clusterrolebindings"): BindingStrategy(namespaced=False),
        ("apps", "deployments"): DeploymentStrategy(),
        ("apps", "replicasets"): WorkloadStrategy({"replicas": 1}, {"replicas": 0}),
        ("batch", "jobs"): JobStrategy(),
        ("storage.k8s.io", "storageclasses"): StorageClassStrategy(),
        ("networking.k8s.io", "networkpolicies"): NetworkPolicyStrategy(),
        ("apps", "statefulsets"): StatefulSetStrategy(),
        ("apps", "daemonsets"): DaemonSetStrategy(),
        **dict.fromkeys(_UNCOUNTED, UncountedStrategy()),
        **_SPLIT,
    }
