"""Which pods the words of a feature mean."""

from types import SimpleNamespace

import pytest

from kuscia_conformance.scenario.observed.pods import is_pod_of


def scenario(**tasks):
    known = {name.replace("_", "-"): SimpleNamespace(domains=each) for name, each in tasks.items()}
    return SimpleNamespace(applied=SimpleNamespace(tasks=known))


@pytest.mark.parametrize(
    ("name", "owner"),
    [("psi-0", "psi"), ("psi-1", "psi"), ("psi-0-0", "psi-0"), ("psi-host-0", "psi")],
)
def test_a_pod_is_of_the_task_with_the_longest_name_that_its_own_begins_with(name, owner):
    tasks = scenario(psi=["alice"], psi_0=["alice", "bob"])
    pod = {"metadata": {"namespace": "alice", "name": name}}
    assert [task for task in ("psi", "psi-0") if is_pod_of(tasks, pod, task)] == [owner]


def test_a_task_has_no_pods_in_other_domains():
    tasks = scenario(psi=["alice"], psi_0=["bob"])
    pod = {"metadata": {"namespace": "alice", "name": "psi-0-0"}}
    assert is_pod_of(tasks, pod, "psi")
    assert not is_pod_of(tasks, pod, "psi-0")
