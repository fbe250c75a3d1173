"""Tests access to a cluster by a kubeconfig or by the service account of a pod."""

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


def test_a_token_becomes_the_authorization_header(tmp_path):
    access = read_access(kubeconfig(tmp_path))
    assert access.server == "http://127.0.0.1:1"
    assert access.authorization() == "Bearer secret"
    assert access.tls is None


def test_no_proxy_is_used_for_a_loopback_address(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    assert read_access(kubeconfig(tmp_path)).proxy is None


def test_the_proxy_of_the_kubeconfig_is_used_for_other_addresses(tmp_path):
    path = kubeconfig(
        tmp_path, server="https://cluster.invalid", **{"proxy-url": "http://proxy.invalid:1"}
    )
    assert read_access(path).proxy == "http://proxy.invalid:1"


def test_a_missing_kubeconfig_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere: there is no such file"):
        read_access(tmp_path / "nowhere")


def test_a_missing_context_is_reported_with_the_existing_ones(tmp_path):
    with pytest.raises(UsageError, match="has no context 'yours'") as error:
        read_access(kubeconfig(tmp_path), "yours")
    assert error.value.hint == "it has: mine"


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "kind: Config", "just words"])
def test_an_invalid_kubeconfig_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "broken"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_access(path)
    assert str(path) in error.value.message
    assert "\n" not in error.value.message


def test_a_server_that_is_not_a_url_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is not a URL"):
        read_access(kubeconfig(tmp_path, server="nonsense"))


@pytest.fixture
def pod(tmp_path, monkeypatch):
    """Simulates a pod without a kubeconfig; returns the folder of its service account."""
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
    """Returns a replacement of the client's `datetime` module whose current time is `now[0]`."""
    moment = SimpleNamespace(now=lambda: now[0])
    return SimpleNamespace(datetime=moment, timedelta=datetime.timedelta)


def test_the_service_account_is_used_inside_a_pod(pod):
    access = read_access()
    assert access.server == "https://10.96.0.1:443"
    assert access.authorization() == "bearer first"
    assert access.tls is not None
    assert own_namespace() == "kuscia-system"


def test_a_rotated_service_account_token_is_read_again(pod, monkeypatch):
    now = [datetime.datetime(2024, 1, 1)]
    monkeypatch.setattr(incluster_config, "datetime", clock(now))
    access = read_access()
    (pod / "token").write_text("second")
    assert access.authorization() == "bearer first"
    now[0] += datetime.timedelta(minutes=1)
    assert access.authorization() == "bearer second"


def test_without_kubeconfig_and_pod_the_error_names_both(pod, monkeypatch):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST")
    with pytest.raises(UsageError, match=r"there is no .*none, and .* does not run in a pod"):
        read_access()


def test_outside_a_pod_the_own_namespace_must_be_given_by_an_option(pod):
    (pod / "namespace").unlink()
    with pytest.raises(UsageError, match="does not run in a pod") as error:
        own_namespace()
    assert "--leader-elect-resource-namespace" in error.value.hint
