"""Tests that kubectl prints the same for the embedded server as for kube-apiserver."""

import pytest

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.features.folders import (
    suite_folder,
)
from tests.apiserver.kubectl import files
from tests.apiserver.kubectl.finding import find_kubectl, version_of
from tests.apiserver.kubectl.normal import normal
from tests.apiserver.kubectl.playing import play


@pytest.fixture(scope="module")
def kubectl():
    found = find_kubectl()
    if not found:
        pytest.skip("there is no kubectl, neither with a control plane's binaries nor in the PATH")
    kept = files.CLIENT.read_text().strip()
    if (version := version_of(found)) != kept:
        pytest.skip(f"{found} is of version {version}; what is kept was printed by {kept}")
    return found


@pytest.fixture(scope="module")
def kubeconfig(kubectl, tmp_path_factory):
    options = ClusterOptions(
        "embedded",
        definitions=suite_folder("fixtures") / "crds",
        work=tmp_path_factory.mktemp("kubectl"),
    )
    with cluster(options) as made:
        yield made.kubeconfig


@pytest.mark.parametrize("name", files.names())
def test_kubectl_prints_the_same_as_for_kube_apiserver(name, kubectl, kubeconfig, tmp_path):
    text = play(files.script(name), kubectl, kubeconfig, tmp_path)
    assert text.splitlines() == files.output(name).splitlines()


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("one   1/1  Running  0   5m3s\n", "one  1/1  Running  0  AGE\n"),
        ("327d (x3 over 2y9d)  Normal\n", "AGE (x3 over AGE)  Normal\n"),
        ('resourceVersion: "12"\n', "resourceVersion: VERSION\n"),
        ("pod/made-by-x7k2p created\n", "pod/made-by-SUFFIX created\n"),
        ("tolerated for 300s\n", "tolerated for 300s\n"),
    ],
)
def test_varying_parts_of_the_output_of_kubectl_are_replaced_by_words(printed, text):
    assert normal(printed) == text
