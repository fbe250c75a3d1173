"""Tests which options go together, and that one without effect is refused."""

import pytest

from kuscia_conformance.environment.combinations import ONLY_FOR, SET_BY_UP
from kuscia_conformance.environment.settings import read_settings
from kuscia_conformance.errors import UsageError
from kuscia_conformance.pytest_plugin.options import chosen
from tests.given import settings_of

#: A value for each option that concerns one kind of cluster.
VALUES = {
    "pace": "8",
    "assets": "/nope",
    "keep": True,
    "kind_image": "foo",
    "workload_image": "",
    "install_crds": True,
}
CLUSTERS = ("embedded", "controlplane", "kind", "kind:mine", "kubeconfig:mine")


def test_every_option_for_one_kind_of_cluster_has_a_value_here():
    assert ONLY_FOR.keys() == VALUES.keys()


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("key", VALUES)
def test_an_option_for_another_kind_of_cluster_is_refused(key, cluster):
    given = {"cluster": cluster, key: VALUES[key]}
    if cluster.partition(":")[0] == ONLY_FOR[key]:
        assert settings_of(given).cluster == cluster
        return
    name = key.replace("_", "-")
    with pytest.raises(UsageError, match=f"--{name} has no effect with --cluster {cluster}") as of:
        settings_of(given)
    assert of.value.hint == f"it is for --cluster {ONLY_FOR[key]}; leave it out here"


def test_an_option_for_another_kind_of_cluster_is_ignored_in_the_environment(monkeypatch):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_ASSETS", "/nope")
    assert settings_of({}).assets == "/nope"


@pytest.mark.parametrize("given", [{"clock": "real"}, {"controller": ["cmd:true"]}])
def test_a_seed_is_refused_on_a_real_clock(given):
    with pytest.raises(UsageError, match="--seed has no effect on a real clock"):
        settings_of({"seed": "3", **given})
    assert settings_of({"seed": "3"}).seed == 3


@pytest.mark.parametrize("key", [*SET_BY_UP, "keep", "pace", "seed"])
def test_an_option_of_the_cluster_is_refused_with_reuse(key):
    value = {"controller": ["none"], "nodes": "3", "seed": "3"}.get(key, VALUES.get(key, "kind"))
    with pytest.raises(UsageError, match=f"--{key.replace('_', '-')} "):
        settings_of({"reuse": True, key: value})


@pytest.mark.parametrize("cluster", ["embedded", "controlplane", "kind"])
def test_no_controller_is_refused_on_a_cluster_that_the_run_makes(cluster):
    given = {"cluster": cluster, "controller": ["none"]}
    with pytest.raises(UsageError, match="--controller none: no controller can run on") as caught:
        settings_of(given)
    for way in ("up --controller none", "run --reuse", "serve", "--cluster kubeconfig:PATH"):
        assert way in caught.value.hint
    choice = chosen(given)
    assert read_settings(choice.texts, choice.given, stays=True).controller == ("none",)


def test_no_controller_is_allowed_where_one_may_run(tmp_path):
    setup = tmp_path / "setup.yaml"
    setup.write_text("{apiVersion: v1, kind: Namespace, metadata: {name: mine}}")
    for cluster in ("kubeconfig:mine", "kind:mine"):
        assert settings_of({"cluster": cluster, "controller": ["none"]}).controller == ("none",)
    given = {"cluster": "kind", "controller": ["none"], "setup": str(setup)}
    assert settings_of(given).setup == setup


@pytest.mark.parametrize("cluster", ["kind:", "kubeconfig:", "embedded:"])
def test_a_colon_without_a_name_is_refused(cluster):
    with pytest.raises(UsageError, match=f"--cluster {cluster} has no name behind the colon"):
        settings_of({"cluster": cluster})
