"""What several tests need: a control plane, one for the whole session."""

import pytest

from harness.clusters import ClusterOptions, cluster
from harness.settings import suite_folder


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also what takes long")
    parser.addoption(
        "--record-questions", action="store_true", help="keep kube-apiserver's answers to questions"
    )
    parser.addoption(
        "--ask-real", action="store_true", help="ask kube-apiserver, not the embedded server"
    )


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory):
    """The kubeconfig of a control plane with simulated nodes; fails where its binaries are not."""
    options = ClusterOptions(
        "controlplane",
        definitions=suite_folder("fixtures") / "crds",
        work=tmp_path_factory.mktemp("control-plane"),
    )
    with cluster(options) as made:
        yield made.kubeconfig
