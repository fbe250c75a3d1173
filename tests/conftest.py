"""What several tests need: a cluster with simulated nodes, one for the whole session.

It is the embedded one, unless `--plane controlplane` asks for kube-apiserver: what holds on one
is to hold on the other.
"""

import pytest
from hypothesis import settings

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.features.folders import (
    suite_folder,
)

# How long an example takes is the machine's affair, and nothing that a test may fail for.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also what takes long")
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
        "--record-questions", action="store_true", help="keep kube-apiserver's answers to questions"
    )
    parser.addoption(
        "--ask-real", action="store_true", help="ask kube-apiserver, not the embedded server"
    )


@pytest.fixture(scope="session")
def plane(pytestconfig):
    """The kind of cluster that tests make which want one of their own."""
    return pytestconfig.getoption("plane")


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory, plane):
    """The kubeconfig of a cluster with simulated nodes."""
    options = ClusterOptions(
        plane,
        definitions=suite_folder("fixtures") / "crds",
        work=tmp_path_factory.mktemp("control-plane"),
    )
    with cluster(options) as made:
        yield made.kubeconfig
