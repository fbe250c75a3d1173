import datetime
from types import SimpleNamespace

import pytest
import yaml
from kubernetes.config import incluster_config, kube_config

import kuscia_conformance.kube.kubeconfig
from kuscia_conformance.clusters.credentials import write_certificates
from kuscia_conformance.errors import UsageError
from kuscia_conformance.kube.kubeconfig import own_namespace, read_access


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


@pytest.fixture
def pod(tmp_path, monkeypatch):
    """The files and variables that a pod has, and no kubeconfig; the folder of its account."""
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    write_certificates(folder)
    (folder / "token").write_text("first")
    (folder / "namespace").write_text("kuscia-system")
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(folder / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(folder / "ca.crt"))
    monkeypatch.setattr(kuscia_conformance.kube.kubeconfig, "SERVICE_ACCOUNT", folder)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    return folder


def clock(now):
    """A `datetime` module for the client, whose time stands in `now`."""
    moment = SimpleNamespace(now=lambda: now[0])
    return SimpleNamespace(datetime=moment, timedelta=datetime.timedelta)


def test_in_a_pod_its_service_account_counts(pod):
    access = read_access()
    assert access.server == "https://10.96.0.1:443"
    assert access.authorization() == "bearer first"
    assert access.tls is not None
    assert own_namespace() == "kuscia-system"


def test_a_token_that_rotates_is_read_again(pod, monkeypatch):
    now = [datetime.datetime(2024, 1, 1)]
    monkeypatch.setattr(incluster_config, "datetime", clock(now))
    access = read_access()
    (pod / "token").write_text("second")
    assert access.authorization() == "bearer first"
    now[0] += datetime.timedelta(minutes=1)
    assert access.authorization() == "bearer second"


def test_where_there_is_neither_kubeconfig_nor_pod_both_are_said(pod, monkeypatch):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST")
    with pytest.raises(UsageError, match=r"there is no .*none, and no service account of a pod"):
        read_access()


def test_outside_a_pod_the_namespace_has_to_be_named(pod):
    (pod / "namespace").unlink()
    with pytest.raises(UsageError, match="this is no pod") as error:
        own_namespace()
    assert "--leader-elect-resource-namespace" in error.value.hint
