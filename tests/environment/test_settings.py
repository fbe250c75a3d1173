import pytest

from kuscia_conformance.environment.settings import Settings, Timeouts
from kuscia_conformance.errors import UsageError
from tests.given import settings_of

CHOSEN = {"cluster": "kind"}


def test_command_line_goes_before_environment_before_ini(monkeypatch):
    ini = {"kuscia_conformance_nodes": "7", "kuscia_conformance_out": "ini"}.get
    monkeypatch.setenv("KUSCIA_CONFORMANCE_NODES", "6")
    settings = settings_of({**CHOSEN, "nodes": "5"}, lambda name: ini(name, ""))
    assert settings.nodes == 5
    settings = settings_of(CHOSEN, lambda name: ini(name, ""))
    assert (settings.nodes, str(settings.out)) == (6, "ini")


def test_defaults():
    settings = settings_of(CHOSEN)
    assert (settings.controller, settings.nodes, settings.keep) == (("reference",), 6, False)
    assert settings.workload_image == "busybox:1.36"


def test_only_is_a_list():
    assert settings_of({**CHOSEN, "only": "clean*, SC-02"}).only == ("clean*", "SC-02")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("controller", ["refrence"], "--controller refrence"),
        ("nodes", "many", "--nodes many: expected a number, 2 or more"),
        ("nodes", "1", "--nodes 1"),
        ("timeout_scale", "0", "--timeout-scale 0"),
        ("timeout_scale", "nan", "--timeout-scale nan"),
        ("keep", "perhaps", "keep = perhaps: expected true or false"),
    ],
)
def test_a_value_that_cannot_be_is_refused(option, value, message):
    with pytest.raises(UsageError) as error:
        settings_of({**CHOSEN, option: value})
    assert message in str(error.value)


def test_timeouts_stretch_together():
    assert Timeouts().scaled(2) == Timeouts(
        status=40, bound=24, pods=60, gone=120, node=120, factor=2
    )


def test_nodes_of_a_cluster_that_exists_are_named():
    settings = settings_of({"cluster": "kubeconfig:x#y", "nodes": "b, a,b"})
    assert settings.node_names == ("b", "a")
    assert settings.install_crds is False


def test_a_number_of_nodes_names_none():
    assert settings_of({"cluster": "kubeconfig", "nodes": "6"}).node_names == ()


def test_one_node_is_too_few():
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
def test_a_failure_is_kept_only_where_it_stays(chosen):
    with pytest.raises(UsageError, match="--keep-on-failure: this cluster goes, or is put back"):
        settings_of({**chosen, "keep_on_failure": True})


@pytest.mark.parametrize("chosen", [{"reuse": True}, {"cluster": "kind:mine", "keep": True}])
def test_where_a_failure_stays(chosen):
    assert settings_of({**chosen, "keep_on_failure": True}).keep_on_failure


def test_other_processes_are_given_the_same_settings(tmp_path):
    setup, defaults = tmp_path / "setup.yaml", tmp_path / "defaults.yaml"
    setup.write_text("kind: List\n")
    defaults.write_text("metadata: {labels: {team: blue}}\n")
    settings = settings_of(
        {
            "cluster": "kubeconfig:x#y",
            "nodes": "a,b",
            "controller": ["cmd:one", "cmd:two"],
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
def test_what_stands_is_not_chosen_again(given, message):
    with pytest.raises(UsageError, match=message):
        settings_of(given)


def test_a_cluster_in_the_environment_does_not_keep_from_what_stands(monkeypatch):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_CLUSTER", "kind")
    assert settings_of({"reuse": True}).cluster == "that of `up`"
