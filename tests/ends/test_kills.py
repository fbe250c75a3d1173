"""Nothing of a run is left, whichever signal ends it, at whichever moment, on whichever cluster.

After SIGKILL this is so after the next command. With `--full` all signals are sent at all moments.
"""

import shutil
from contextlib import suppress
from itertools import product
from pathlib import Path

import psutil
import pytest

from tests.breaking.given import in_check, in_hook
from tests.ends.given import (
    FIRST,
    IN_RUN,
    KIND,
    READY,
    SEND,
    SIGNALS,
    Moment,
    docker_ps,
    ended,
    file,
    line,
    place,
)

VIRTUAL = ()
REAL = ("--clock", "real", "--timeout-scale", "0.2")
PLANE = ("--cluster", "controlplane")
ON_KIND = ("--cluster", f"kind:{KIND}", "--nodes", "2")
ON_VIRTUAL = (FIRST, READY, line("as-it-starts", "starting everything"), *IN_RUN[1:])
ON_REAL = (
    FIRST,
    READY,
    line("as-the-server-starts", "starting the embedded cluster"),
    file("as-the-key-is-written", "embedded/tls.key"),
    *IN_RUN,
)
ON_PLANE = (
    READY,
    line("as-etcd-starts", "starting etcd"),
    file("as-etcd-writes", "controlplane/data/member"),
    line("as-the-nodes-start", "simulated nodes"),
    *IN_RUN,
)


def _has_container(_) -> bool:
    return bool(docker_ps(f"label=io.x-k8s.kind.cluster={KIND}", "{{.ID}}"))


IN_KIND = (
    READY,
    line("as-kind-starts", "creating the kind cluster"),
    Moment("as-a-container-appears", event=_has_container),
    file("as-kind-has-made-the-cluster", "kind.kubeconfig"),
    line("as-the-image-is-loaded", "loading the workload image"),
    line("as-nodes-become-ready", "waiting for the nodes"),
    *(IN_RUN[i] for i in (0, 1, 2)),
    line("as-the-cluster-is-deleted", "deleting the kind cluster"),
)
#: The pairs that run without `--full`, too.
QUICK = {
    ("SIGTERM", "as-the-key-is-written"),
    ("SIGKILL", "in-a-check"),
    ("SIGHUP", "as-the-controller-ends"),
}


def pairs(moments, quick=()):
    """Returns each signal with each moment; those that are not in `quick` run with `--full`."""
    marks = {True: (), False: (pytest.mark.only_full,)}
    return [
        pytest.param(name, moment, id=f"{name}-{moment.name}", marks=marks[pair in quick])
        for name, moment in product(SIGNALS, moments)
        for pair in [(name, moment.name)]
    ]


def leaves_nothing(folder, name, moment, options):
    with place(folder, docker=options == ON_KIND) as here:
        before = here.inventory()
        code, said = ended(here, moment, name, options)
        assert "Traceback" not in said, said
        if name == "SIGKILL":
            assert code == -9, said
            here.command("down")
        else:
            assert code in (0, 3), (code, said)
        assert here.inventory() == before, said


@pytest.mark.parametrize(("name", "moment"), pairs(ON_VIRTUAL, {("SIGKILL", "in-a-check")}))
def test_nothing_is_left_of_a_run_on_a_virtual_clock(name, moment, tmp_path):
    leaves_nothing(tmp_path, name, moment, VIRTUAL)


@pytest.mark.parametrize(("name", "moment"), pairs(ON_REAL, QUICK))
def test_nothing_is_left_of_a_run_on_the_embedded_cluster(name, moment, tmp_path):
    leaves_nothing(tmp_path, name, moment, REAL)


@pytest.mark.skipif(
    not Path("/usr/local/kubebuilder/bin/etcd").exists(), reason="needs kube-apiserver and etcd"
)
@pytest.mark.parametrize(("name", "moment"), pairs(ON_PLANE))
def test_nothing_is_left_of_a_run_on_a_control_plane(name, moment, tmp_path):
    leaves_nothing(tmp_path, name, moment, PLANE)


@pytest.mark.skipif(not (shutil.which("kind") and shutil.which("docker")), reason="needs kind")
@pytest.mark.parametrize(("name", "moment"), pairs(IN_KIND))
def test_nothing_is_left_of_a_run_on_kind(name, moment, tmp_path):
    leaves_nothing(tmp_path, name, moment, ON_KIND)


#: The parent is killed in the middle of a check of a worker, which would go on for ten minutes.
PARENT_DIES = "send('{}', os.getppid()) or __import__('time').sleep(600)"
WITH_WORKERS = (
    Moment("in-a-check-of-a-worker", in_check("small-second", PARENT_DIES)),
    line("after-a-check", " pass "),
    Moment("after-the-last-check", in_hook("sessionfinish()", f"IS_WORKER or {SEND}")),
)


def ends_by_themselves(here):
    """Waits until the workers have ended; the kernel tells them that their parent has."""
    for each in psutil.process_iter():
        if here.is_here(each):
            with suppress(psutil.NoSuchProcess):
                each.wait(30)


@pytest.mark.parametrize(
    ("name", "moment"), pairs(WITH_WORKERS, {("SIGKILL", "in-a-check-of-a-worker")})
)
def test_nothing_is_left_of_a_run_with_workers(name, moment, tmp_path):
    with place(tmp_path) as here:
        before = here.inventory()
        code, said = ended(here, moment, name, ("-n", "2"))
        assert "Traceback" not in said, said
        if name == "SIGKILL":
            ends_by_themselves(here)
            here.command("down")
        else:
            assert code in (0, 3), (code, said)
        assert here.inventory() == before, said
