"""Tests the vectors V-4 to V-6 of the specification: the outcome of parties and tasks."""

import pytest

from reference_controller.kuscia_task.outcome import Tally, is_hopeless, party_entry
from reference_controller.kuscia_task.reasons import too_few_parties
from tests.reference_controller.kuscia_task.given import ended, waiting

PHASES = {"P": "Pending", "R": "Running", "S": "Succeeded", "F": "Failed", "U": "Unknown"}


def judged(letters, need=0, known=None, pods=None):
    names = [f"psi-{index}" for index in range(len(letters))]
    party = {"domainID": "bob", "minReservedPods": need, "pods": [{"name": n} for n in names]}
    entries = {
        f"bob/{name}": {"podName": name, "namespace": "bob", "podPhase": PHASES[letter]}
        for name, letter in zip(names, letters, strict=True)
    }
    return party_entry(known, party, entries, pods or {})


@pytest.mark.parametrize(
    ("pods", "need", "phase"),
    [
        ("FRR", 2, "Running"),
        ("FFR", 2, "Failed"),
        ("SSR", 2, "Succeeded"),
        ("SFR", 2, "Running"),
        ("SFF", 2, "Failed"),
        ("FSS", 0, "Failed"),
        ("SSS", 0, "Succeeded"),
        ("SFF", 1, "Succeeded"),
        ("FFF", 1, "Failed"),
        ("PPP", 0, "Pending"),
        ("PPR", 0, "Running"),
        ("U", 0, "Failed"),
        ("R", 3, "Failed"),
    ],
)
def test_the_phase_of_a_party_follows_from_its_pods(pods, need, phase):
    assert judged(pods, need)["phase"] == phase


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_the_final_phase_of_a_party_stays(phase):
    known = {"domainID": "bob", "phase": phase, "message": "so it was"}
    assert judged("R", known=known) == known


def test_the_message_of_a_failed_party_names_its_pod():
    pods = {"bob/psi-1": {"status": {"containerStatuses": [ended(3, "boom")]}}}
    entry = judged("SF", pods=pods)
    assert entry == {
        "domainID": "bob",
        "phase": "Failed",
        "message": "pod psi-1 failed: unknown, exit code 3",
    }


def test_a_party_that_requires_more_pods_than_it_has_gets_a_message():
    assert judged("R", 3)["message"] == "minReservedPods is 3, but the party has 1 pods"


@pytest.mark.parametrize(
    ("containers", "ready", "hopeless"),
    [
        ([waiting("CreateContainerError")], "False", True),
        ([waiting("ContainerCreating")], "False", False),
        ([waiting("ImagePullBackOff")], "False", False),
        ([waiting("ErrImagePull", restarts=3)], "False", False),
        ([waiting("ErrImagePull", restarts=4)], "False", True),
        ([waiting("ContainerCreating"), waiting("CrashLoopBackOff")], "False", False),
        ([waiting("ErrImagePull"), waiting("CrashLoopBackOff")], "False", True),
        ([waiting("CreateContainerError")], "True", False),
        ([waiting("CreateContainerError")], None, False),
        ([], "False", False),
    ],
)
def test_some_waiting_reasons_make_a_pod_count_as_failed(containers, ready, hopeless):
    conditions = [{"type": "ContainersReady", "status": ready}] if ready else []
    pod = {"status": {"containerStatuses": containers, "conditions": conditions}}
    assert is_hopeless(pod) is hopeless
    assert judged("P", pods={"bob/psi-0": pod})["phase"] == ("Failed" if hopeless else "Pending")


@pytest.mark.parametrize(
    ("parties", "need", "won", "lost"),
    [
        ("PP", 2, False, False),
        ("RP", 2, False, False),
        ("RS", 2, False, False),
        ("SS", 2, True, False),
        ("FR", 2, False, True),
        ("SR", 1, True, False),
        ("FR", 1, False, False),
        ("FF", 1, False, True),
    ],
)
def test_the_outcome_of_a_task_follows_from_its_parties(parties, need, won, lost):
    entries = tuple({"domainID": d, "phase": PHASES[p]} for d, p in zip("ab", parties, strict=True))
    tally = Tally(entries, need)
    assert (tally.is_won, tally.is_lost) == (won, lost)


def test_the_message_lists_the_parties_by_phase():
    entries = (
        {"domainID": "alice", "phase": "Running"},
        {"domainID": "bob", "role": "host", "phase": "Failed"},
        {"domainID": "carol", "phase": "Failed", "message": "pod psi-0 failed: Error"},
    )
    tally = Tally(entries, 3)
    assert too_few_parties(tally.left, tally.need, tally.by_phase, tally.failures) == (
        "The remaining no-failed party task counts 1 are less than the task success threshold 3."
        " pending party[], running party[alice], successful party[], failed party[bob-host,carol]"
        "; carol: pod psi-0 failed: Error"
    )
