"""Tests that the commands printed after a failure use the names that exist in the cluster."""

from types import SimpleNamespace
from typing import Any

from kuscia_conformance.pytest_plugin.on_failure import kept, where_to_look
from kuscia_conformance.scenario.names import Names


def scenario(**environment) -> Any:
    usual = {"cluster": "controlplane", "kubeconfig": "/k", "context": None, "outlives": False}
    return SimpleNamespace(
        environment=SimpleNamespace(**usual | {"controller_log": "/log"} | environment),
        names=Names("bcdfgh"),
        applied=SimpleNamespace(tasks={"psi": None}),
        domains=SimpleNamespace(nodes={"alice": ["node-1", "node-2"]}),
    )


def test_the_commands_after_a_failure_use_the_real_names():
    assert list(where_to_look(scenario())) == [
        "kubectl --kubeconfig /k get kt psi-bcdfgh -n cross-domain -o yaml",
        "kubectl --kubeconfig /k get pods,services,configmaps -n alice-bcdfgh -o wide",
        "kubectl --kubeconfig /k describe node node-1 node-2",
        "less /log",
    ]


def test_the_commands_after_a_failure_name_the_context():
    task = next(where_to_look(scenario(context="mine")))
    assert task.startswith("kubectl --kubeconfig /k --context mine get kt")


def test_the_kubeconfig_of_a_lasting_kind_cluster_is_exported_first():
    export, task, *_ = where_to_look(scenario(cluster="kind:mine", outlives=True))
    assert export == "kind export kubeconfig --name mine"
    assert task.startswith("kubectl --context kind-mine get kt")


def test_a_kept_failure_says_how_long_it_is_kept():
    assert kept(scenario()).startswith("kept until the cluster ends:\nkubectl")
