"""API servers and an etcd that are killed or stopped while a run needs them."""

from pathlib import Path

import pytest

from tests.breaking.given import (
    AUTHORS_ERROR,
    NO_VERDICT,
    NOT_CONFORMANT,
    WRONG,
    Case,
    broken,
    in_check,
    in_hook,
    ways,
)

PROGRAMS = Path("/usr/local/kubebuilder/bin")
KILL = "send('SIGKILL', child({!r}))"
FREEZE = "send('SIGSTOP', child({!r}))"
SERVER = KILL.format("clusters.embedded")
REAL = ("--clock", "real", "--timeout-scale", "0.1")
CONTROL_PLANE = ("--cluster", "controlplane", "--timeout-scale", "0.1")
#: Before the cleaning of a check: the fixtures of the check are finalized after this hook.
TEARDOWN = """
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    if item.name == {!r} and once():
        {}
"""
CASES = [
    Case(
        "does-not-exist",
        AUTHORS_ERROR,
        "there is no such file",
        options=("--cluster", "kubeconfig:{folder}/nowhere"),
    ),
    Case(
        "server-dies-before-the-first-check",
        NO_VERDICT,
        "error of the cluster",
        in_hook("runtest_protocol()", f"once() and {SERVER}"),
        REAL,
    ),
    Case(
        "server-dies-in-a-check",
        NO_VERDICT,
        "1 check ended in an error of the cluster",
        in_check("small-second", SERVER),
        REAL,
    ),
    Case(
        "server-dies-in-a-teardown",
        NO_VERDICT,
        "1 check ended in an error of the cluster",
        TEARDOWN.format("small-first", SERVER),
        REAL,
    ),
    Case(
        "server-dies-after-a-failure",
        NOT_CONFORMANT,
        "1 check failed",
        TEARDOWN.format("small-second", SERVER),
        REAL,
        WRONG,
    ),
]
#: The servers are stopped, and neither end nor answer. 15 s later the run ends.
FROZEN = "has not answered"
CASES += [
    Case(
        "server-freezes-in-a-check",
        NO_VERDICT,
        FROZEN,
        in_check("small-second", FREEZE.format("clusters.embedded")),
        REAL[:2],
    ),
    Case(
        "server-freezes-in-a-check-of-a-worker",
        NO_VERDICT,
        "1 check ended in an error of the cluster",
        in_check("small-second", "send('SIGSTOP', child('clusters.embedded', os.getppid()))"),
        (*REAL[:2], "-n", "1"),
    ),
    Case(
        "server-freezes-in-a-teardown",
        NO_VERDICT,
        FROZEN,
        TEARDOWN.format("small-first", FREEZE.format("clusters.embedded")),
        REAL[:2],
    ),
]
ON_CONTROL_PLANE = [
    Case(
        "kube-apiserver-freezes-in-a-check",
        NO_VERDICT,
        FROZEN,
        in_check("small-second", FREEZE.format("kube-apiserver")),
        CONTROL_PLANE[:2],
    ),
    Case(
        "etcd-freezes-in-a-check",
        NO_VERDICT,
        FROZEN,
        in_check("small-second", FREEZE.format("etcd ")),
        CONTROL_PLANE[:2],
    ),
    Case(
        "kube-apiserver-dies-in-a-check",
        NO_VERDICT,
        "1 check ended in an error of the cluster",
        in_check("small-second", KILL.format("kube-apiserver")),
        CONTROL_PLANE,
    ),
    Case(
        "etcd-dies-in-a-check",
        NO_VERDICT,
        "1 check ended in an error of the cluster",
        in_check("small-second", KILL.format("etcd ")),
        CONTROL_PLANE,
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "does-not-exist",
        "server-dies-in-a-check",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_lost_cluster_makes_no_controller_wrong(case, tmp_path):
    broken(case, tmp_path)


@pytest.mark.skipif(not (PROGRAMS / "etcd").exists(), reason="needs kube-apiserver and etcd")
@pytest.mark.parametrize("case", ways(ON_CONTROL_PLANE, QUICK))
def test_a_lost_part_of_a_control_plane_makes_no_controller_wrong(case, tmp_path):
    broken(case, tmp_path)
