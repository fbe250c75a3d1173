"""Options and session fixtures of all tests: a shared cluster with simulated nodes.

The shared cluster is the embedded one. `--plane controlplane` uses kube-apiserver instead: the
tests must pass on both.
"""

import os
import signal
import tempfile

import pytest
from hypothesis import settings

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.features.folders import (
    suite_folder,
)

# The time of a hypothesis example depends on the machine, so no test may fail because of it.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

# A shell starts background jobs with SIGINT ignored, and children inherit that: then the tests that
# interrupt a run would wait for its regular end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also run the slow tests")
    parser.addoption(
        "--write-tables", action="store_true", help="write tables in READMEs that tests compare"
    )
    parser.addoption(
        "--plane",
        choices=("embedded", "controlplane"),
        default="embedded",
        help="the cluster that tests share",
    )
    parser.addoption(
        "--record-questions",
        action="store_true",
        help="store kube-apiserver's answers to questions",
    )
    parser.addoption(
        "--ask-real", action="store_true", help="ask kube-apiserver, not the embedded server"
    )


@pytest.fixture(scope="session", autouse=True)
def _temporary_folder(tmp_path_factory):
    """Gives the runs of this session a temporary folder of their own.

    They would otherwise remove what the killed runs of other sessions have left, and say so. Its
    path is short, because it will contain sockets.
    """
    tmp_path_factory.getbasetemp()  # pytest keeps its own folders for a look after the tests
    before = os.environ.get("TMPDIR"), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        yield
    os.environ.pop("TMPDIR")
    if before[0] is not None:
        os.environ["TMPDIR"] = before[0]
    tempfile.tempdir = before[1]


@pytest.fixture(scope="session")
def plane(pytestconfig):
    """Returns the kind of cluster for tests that start their own."""
    return pytestconfig.getoption("plane")


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory, plane):
    """Yields the kubeconfig of the shared cluster with simulated nodes."""
    options = ClusterOptions(
        plane,
        definitions=suite_folder("fixtures") / "crds",
        work=tmp_path_factory.mktemp("control-plane"),
    )
    with cluster(options) as made:
        yield made.kubeconfig
