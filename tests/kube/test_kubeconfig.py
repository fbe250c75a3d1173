"""Tests access to a cluster by a kubeconfig or by the service account of a pod."""

import datetime
import json
import os
import ssl
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import yaml

from kuscia_conformance.clusters.credentials import write_certificates
from kuscia_conformance.errors import ClusterError, UsageError
from kuscia_conformance.kube.kubeconfig import (
    in_cluster,
    own_namespace,
    read_access,
    write_minified,
)
from kuscia_conformance.kube.kubeconfig.credentials import TOKEN_AGE, TokenFile
from kuscia_conformance.kube.kubeconfig.fields import Fields
from kuscia_conformance.kube.kubeconfig.plugin import Plugin
from kuscia_conformance.kube.kubeconfig.proxies import of_environment
from kuscia_conformance.kube.kubeconfig.tls import Context


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
    access = read_access(kubeconfig(tmp_path, server="https://127.0.0.1:1"))
    assert access.server == "https://127.0.0.1:1"
    assert access.authorization() == "Bearer secret"
    assert access.tls is not None


def test_no_credentials_are_sent_without_tls(tmp_path):
    access = read_access(kubeconfig(tmp_path))
    assert access.authorization() is None
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


def test_a_misspelt_context_is_reported_with_the_nearest_and_all_existing_ones(tmp_path):
    path = kubeconfig(tmp_path)
    content = yaml.safe_load(path.read_text())
    [mine] = content["contexts"]
    names = ["mine", "test", "staging", "production", "kind-a"]
    content["contexts"] = [{**mine, "name": name} for name in names]
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(UsageError) as error:
        read_access(path, "stagin")
    assert error.value.message == f"kubeconfig {path}: it has no context 'stagin'"
    there = "kind-a, mine, production, staging, test"
    assert error.value.hint == f"did you mean staging? it has: {there}"


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "kind: Config", "just words"])
def test_an_invalid_kubeconfig_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "broken"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_access(path)
    assert str(path) in error.value.message
    assert "\n" not in error.value.message


def test_a_server_that_is_not_a_url_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"kubeconfig:\d+: .* 'ftp://a' is not a URL"):
        read_access(kubeconfig(tmp_path, server="ftp://a"))


@pytest.fixture
def pod(tmp_path, monkeypatch):
    """Simulates a pod without a kubeconfig; returns the folder of its service account."""
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    write_certificates(folder)
    (folder / "token").write_text("first")
    (folder / "namespace").write_text("kuscia-system")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setattr(in_cluster, "SERVICE_ACCOUNT", folder)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    return folder


def test_the_service_account_is_used_inside_a_pod(pod):
    access = read_access()
    assert access.server == "https://10.96.0.1:443"
    assert access.authorization() == "Bearer first"
    assert access.tls is not None
    assert own_namespace() == "kuscia-system"


def test_a_rotated_token_is_read_again_after_a_minute(tmp_path):
    (tmp_path / "token").write_text("first\n")
    now = [100.0]
    file = TokenFile(tmp_path / "token", now=lambda: now[0])
    assert file.authorization() == "Bearer first"
    (tmp_path / "token").write_text("second\n")
    assert file.authorization() == "Bearer first"
    now[0] += TOKEN_AGE
    assert file.authorization() == "Bearer second"


def test_a_token_stays_while_its_file_is_being_replaced(tmp_path):
    (tmp_path / "token").write_text("first\n")
    now = [100.0]
    file = TokenFile(tmp_path / "token", now=lambda: now[0])
    file.authorization()
    (tmp_path / "token").unlink()
    now[0] += TOKEN_AGE
    assert file.authorization() == "Bearer first"


def test_without_kubeconfig_and_pod_the_error_names_both(pod, monkeypatch):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST")
    with pytest.raises(UsageError, match=r"there is no .*none, and .* does not run in a pod"):
        read_access()


def test_outside_a_pod_the_own_namespace_must_be_given_by_an_option(pod):
    (pod / "namespace").unlink()
    with pytest.raises(UsageError, match="does not run in a pod") as error:
        own_namespace()
    assert "--leader-elect-resource-namespace" in error.value.hint


def plugin(folder, answers, now):
    """Returns a plugin that prints one answer after another."""
    for number, status in enumerate(answers, 1):
        answer = {"apiVersion": "client.authentication.k8s.io/v1", "status": status}
        (folder / f"{number}.json").write_text(json.dumps(answer))
    (folder / "run").write_text('cd "$(dirname "$0")"; echo >> ran; cat $(wc -l < ran).json')
    fields = Fields(folder / "kubeconfig", 7)
    fields.update(command="sh", args=[str(folder / "run")], interactiveMode="Never")
    fields["apiVersion"] = "client.authentication.k8s.io/v1"
    fields.lines["command"] = 8
    return Plugin(
        fields,
        Fields(folder / "kubeconfig", 1),
        Context(ssl.PROTOCOL_TLS_CLIENT),
        now=lambda: now[0],
    )


def test_a_program_runs_again_when_its_token_has_expired(tmp_path):
    now = [datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)]
    first = {"token": "first", "expirationTimestamp": "2026-01-01T00:10:00Z"}
    asked = plugin(tmp_path, [first, {"token": "second"}], now)
    assert asked.authorization() == asked.authorization() == "Bearer first"
    now[0] += datetime.timedelta(minutes=10)
    assert asked.authorization() == "Bearer second"
    now[0] += datetime.timedelta(days=99)
    assert asked.authorization() == "Bearer second"


def test_a_program_that_takes_long_is_named_while_it_runs(tmp_path, monkeypatch):
    asked, said = plugin(tmp_path, [{"token": "late"}], [None]), []
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "run").write_text('cd "$(dirname "$0")"; cat fifo')

    def write(text):
        said.append(text)
        (tmp_path / "fifo").write_text((tmp_path / "1.json").read_text())

    monkeypatch.setattr("kuscia_conformance.kube.kubeconfig.plugin.NOTICE", 0)
    monkeypatch.setattr("sys.stderr", SimpleNamespace(write=write))
    assert asked.authorization() == "Bearer late"
    assert said == [f"waiting for sh, the program of {tmp_path}/kubeconfig:8\n"]


def test_a_program_that_fails_is_reported_with_what_it_says(tmp_path):
    asked = plugin(tmp_path, [], [None])
    (tmp_path / "run").write_text("echo please log in >&2; exit 3")
    with pytest.raises(ClusterError, match=r":8: the program sh exited with 3: please log in\n"):
        asked.authorization()


@pytest.mark.parametrize(
    ("server", "excepted", "direct"),
    [
        ("https://10.1.2.3:6443", "10.0.0.0/8", True),
        ("https://11.1.2.3:6443", "10.0.0.0/8", False),
        ("https://10.1.2.3:6443", "10.1.2.3", True),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", True),
        ("https://10.1.2.3:6443", "10.1.2.3:443", False),
        ("https://[fd00::1]:6443", "fd00::/8", True),
        ("https://[fd00::1]:6443", "fd00:0::1", True),
        ("https://[fd00::1]:6443", "[fd00::1]:6443", True),
        ("https://a.example.com", "example.com", True),
        ("https://a.example.com", " .EXAMPLE.com ", True),
        ("https://example.com", ".example.com", False),
        ("https://example.com", "*.example.com", False),
        ("https://badexample.com", "example.com", False),
        ("https://a.example.com", "example.com:443", True),
        ("https://a.example.com", "example.com:6443", False),
        ("https://a.example.com", ",,*", True),
        ("https://localhost:6443", "", True),
        ("https://127.8.8.8:6443", "", True),
        ("https://[::1]:6443", "", True),
    ],
)
def test_no_proxy_means_what_it_means_for_go(server, excepted, direct):
    variables = {"HTTPS_PROXY": "proxy.invalid:3128", "NO_PROXY": excepted}
    expected = None if direct else "http://proxy.invalid:3128"
    assert of_environment(urlsplit(server), variables) == expected


@pytest.mark.parametrize(
    ("proxy", "url"),
    [
        ("socks5h://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("localhost:3128", "http://localhost:3128"),
        ("[fd00::1]:3128", "http://[fd00::1]:3128"),
    ],
)
def test_a_proxy_of_the_environment_may_lack_its_scheme_or_be_socks5h(proxy, url):
    server = urlsplit("https://example.com")
    assert of_environment(server, {"https_proxy": proxy}) == url


@pytest.mark.parametrize("proxy", ["http://[", "foo:bar", ":::", "socks5://", "http://a:99999"])
def test_a_proxy_of_the_environment_that_is_not_a_url_is_refused_with_its_variable(proxy):
    server = urlsplit("https://example.com")
    with pytest.raises(UsageError, match=r"^https_proxy: '.*' is not a URL of the form"):
        of_environment(server, {"https_proxy": proxy})


def test_a_minified_kubeconfig_reads_the_same_in_another_folder(tmp_path):
    (tmp_path / "token").write_text("from-a-file")
    path = kubeconfig(tmp_path, server="https://127.0.0.1:1")
    content = yaml.safe_load(path.read_text())
    content["users"][0]["user"] = {"tokenFile": "token", "as": "jane"}
    path.write_text(yaml.safe_dump(content))
    (tmp_path / "other").mkdir()
    copy = tmp_path / "other" / "copy"
    write_minified(copy, path)
    access = read_access(copy)
    assert access.authorization() == "Bearer from-a-file"
    assert access.headers == (("Impersonate-User", "jane"),)


def test_a_file_that_grows_with_its_aliases_is_read_in_no_time(tmp_path):
    levels = ["a0: &a0 [x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    path = kubeconfig(tmp_path, server="https://127.0.0.1:1")
    path.write_text("\n".join([*levels, path.read_text()]))
    assert read_access(path).authorization() == "Bearer secret"
