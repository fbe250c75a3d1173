"""What the author is told to look at has the names that are in the cluster."""

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


def test_commands_to_copy():
    assert list(where_to_look(scenario())) == [
        "kubectl --kubeconfig /k get kt psi-bcdfgh -n cross-domain -o yaml",
        "kubectl --kubeconfig /k get pods,services,configmaps -n alice-bcdfgh -o wide",
        "kubectl --kubeconfig /k describe node node-1 node-2",
        "less /log",
    ]


def test_a_context_is_named():
    task = next(where_to_look(scenario(context="mine")))
    assert task.startswith("kubectl --kubeconfig /k --context mine get kt")


def test_a_kind_cluster_that_outlives_the_run_has_a_kubeconfig_of_its_own():
    export, task, *_ = where_to_look(scenario(cluster="kind:mine", outlives=True))
    assert export == "kind export kubeconfig --name mine"
    assert task.startswith("kubectl --context kind-mine get kt")


def test_what_is_kept_says_so():
    assert kept(scenario()).startswith("kept until the cluster goes:\nkubectl")
