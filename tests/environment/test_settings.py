"""Tests the settings that are read from options, environment variables and ini files."""

import pytest

from kuscia_conformance.environment.settings import Settings, Timeouts
from kuscia_conformance.errors import UsageError
from tests.given import settings_of

CHOSEN = {"cluster": "kind"}


def test_the_command_line_overrides_the_environment_which_overrides_the_ini(monkeypatch):
    ini = {"kuscia_conformance_nodes": "7", "kuscia_conformance_out": "ini"}.get
    monkeypatch.setenv("KUSCIA_CONFORMANCE_NODES", "6")
    settings = settings_of({**CHOSEN, "nodes": "5"}, lambda name: ini(name, ""))
    assert settings.nodes == 5
    settings = settings_of(CHOSEN, lambda name: ini(name, ""))
    assert (settings.nodes, str(settings.out)) == (6, "ini")


def test_an_environment_variable_that_sets_no_option_is_refused(monkeypatch):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_CONTROLER", "none")
    with pytest.raises(UsageError, match="KUSCIA_CONFORMANCE_CONTROLER sets no option") as caught:
        settings_of(CHOSEN)
    assert caught.value.hint == "did you mean KUSCIA_CONFORMANCE_CONTROLLER?"


def test_settings_have_the_documented_defaults():
    settings = settings_of(CHOSEN)
    assert (settings.controller, settings.nodes, settings.keep) == (("reference",), 6, False)
    assert settings.workload_image == "busybox:1.36"


def test_the_option_only_is_a_list_separated_by_commas():
    assert settings_of({**CHOSEN, "only": "clean*, SC-02"}).only == ("clean*", "SC-02")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("controller", ["refrence"], "--controller refrence"),
        ("nodes", "many", "--nodes many: expected a number from 2 to 1000"),
        ("nodes", "1", "--nodes 1"),
        ("only", " , ", "--only: names no check"),
        ("only", "", "--only: names no check"),
        ("cluster", "embeded", "--cluster embeded: this kind of cluster is unknown"),
        ("timeout_scale", "0", "--timeout-scale 0"),
        ("timeout_scale", "nan", "--timeout-scale nan"),
        ("keep", "perhaps", "--keep perhaps: expected true or false"),
    ],
)
def test_an_invalid_option_value_is_refused(option, value, message):
    with pytest.raises(UsageError) as error:
        settings_of({**CHOSEN, option: value})
    assert message in str(error.value)


def test_timeout_scale_multiplies_all_timeouts():
    assert Timeouts().scaled(2) == Timeouts(
        status=40, bound=24, pods=60, gone=120, node=120, factor=2
    )


def test_nodes_of_an_existing_cluster_may_be_given_by_name():
    settings = settings_of({"cluster": "kubeconfig:x#y", "nodes": "b, a,b"})
    assert settings.node_names == ("b", "a")
    assert settings.install_crds is False


def test_a_number_of_nodes_in_the_environment_is_not_a_list_of_node_names(monkeypatch):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_NODES", "6")
    assert settings_of({"cluster": "kubeconfig"}).node_names == ()


def test_a_number_of_nodes_for_a_cluster_of_the_user_is_refused():
    with pytest.raises(UsageError, match="--nodes 3: expected the names of two nodes or more"):
        settings_of({"cluster": "kubeconfig", "nodes": "3"})


def test_a_single_node_name_is_refused():
    with pytest.raises(UsageError, match="--nodes a: expected the names of two nodes or more"):
        settings_of({"cluster": "kubeconfig", "nodes": "a"})


@pytest.mark.parametrize(
    "chosen",
    [
        {"cluster": "kind"},
        {"cluster": "controlplane"},
        {"cluster": "controlplane", "keep": True},
        {"cluster": "kubeconfig:mine"},
        {"cluster": "kubeconfig:mine", "keep": True},
    ],
)
def test_keep_on_failure_is_refused_if_the_cluster_does_not_stay(chosen):
    with pytest.raises(UsageError, match="--keep-on-failure: this cluster is deleted or restored"):
        settings_of({**chosen, "keep_on_failure": True})


@pytest.mark.parametrize("chosen", [{"reuse": True}, {"cluster": "kind:mine", "keep": True}])
def test_keep_on_failure_is_allowed_if_the_cluster_stays(chosen):
    assert settings_of({**chosen, "keep_on_failure": True}).keep_on_failure


def test_settings_survive_a_round_trip_through_json(tmp_path):
    setup, defaults = tmp_path / "setup.yaml", tmp_path / "defaults.yaml"
    setup.write_text("{apiVersion: v1, kind: Namespace, metadata: {name: mine}}")
    defaults.write_text("metadata: {labels: {team: blue}}\n")
    settings = settings_of(
        {
            "cluster": "kubeconfig:x#y",
            "nodes": "a,b",
            "controller": ["cmd:true", "cmd:false"],
            "only": "clean*,SC-02",
            "setup": str(setup),
            "task_defaults": str(defaults),
        }
    )
    given = Settings.from_json(settings.to_json())
    assert given == settings
    assert Settings.from_json(settings_of({}).to_json()) == settings_of({})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reuse": True, "cluster": "kind"}, "--reuse and --cluster"),
        ({"reuse": True, "controller": ["none"]}, "--reuse and --controller"),
    ],
)
def test_reuse_excludes_choosing_a_cluster_or_controller(given, message):
    with pytest.raises(UsageError, match=message):
        settings_of(given)


def test_reuse_ignores_the_cluster_of_the_environment_variable(monkeypatch):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_CLUSTER", "kind")
    assert settings_of({"reuse": True}).cluster == "that of `up`"
