import pytest
import yaml

from harness.errors import UsageError
from harness.kubeconfig import read_access


def kubeconfig(folder, **cluster):
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1", **cluster}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": [{"name": "mine", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "mine",
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(content))
    return path


def test_a_token_becomes_a_header(tmp_path):
    access = read_access(kubeconfig(tmp_path))
    assert access.server == "http://127.0.0.1:1"
    assert access.authorization() == "Bearer secret"
    assert access.tls is None


def test_loopback_is_not_reached_through_a_proxy(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    assert read_access(kubeconfig(tmp_path)).proxy is None


def test_elsewhere_the_kubeconfigs_proxy_counts(tmp_path):
    path = kubeconfig(
        tmp_path, server="https://cluster.invalid", **{"proxy-url": "http://proxy.invalid:1"}
    )
    assert read_access(path).proxy == "http://proxy.invalid:1"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere: there is no such file"):
        read_access(tmp_path / "nowhere")


def test_a_missing_context_is_named_with_those_there_are(tmp_path):
    with pytest.raises(UsageError, match="has no context 'yours'") as error:
        read_access(kubeconfig(tmp_path), "yours")
    assert error.value.hint == "it has: mine"


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "kind: Config", "just words"])
def test_what_is_no_kubeconfig_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "broken"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_access(path)
    assert str(path) in error.value.message
    assert "\n" not in error.value.message


def test_an_address_that_is_none_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is not a URL"):
        read_access(kubeconfig(tmp_path, server="nonsense"))
