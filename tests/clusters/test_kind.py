"""Tests failures of kind, with fake docker and kind programs that log their calls."""

import json
import os
from typing import Any

import pytest

from kuscia_conformance.clusters import ClusterOptions, cluster
from kuscia_conformance.errors import ClusterError, UsageError
from kuscia_conformance.features.folders import (
    suite_folder,
)

DOCKER = """
case "$*" in
  version) exit ${DOCKER_VERSION:-0} ;;
  "image ls"*) printf '%s\\n' $LOCAL_IMAGES ;;
  "image inspect -f"*) case "$*" in *node*) echo "$NODE_CONFIG" ;; *) echo '{}' ;; esac ;;
  "image inspect"*) case "$*" in *missing*) exit 1 ;; esac ;;
  "manifest inspect"*) exit 1 ;;
  pull*) echo "pull access denied" >&2; exit 1 ;;
  "create"*missing*) echo "no such image" >&2; exit 1 ;;
  create*) echo container-1 ;;
esac
"""
KIND = """
case "$*" in
  "get clusters") printf '%s\\n' $CLUSTERS ;;
  "create cluster"*) echo "could not find a log line" >&2; exit 1 ;;
  "get kubeconfig"*) cat "$KUBECONFIG_OF_KIND" ;;
esac
"""


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Puts fake docker and kind programs on the PATH; returns a function that lists their calls."""
    folder, calls = tmp_path / "bin", tmp_path / "calls"
    folder.mkdir()
    calls.touch()
    for name, script in (("docker", DOCKER), ("kind", KIND)):
        path = folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {calls}\n{script}')
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv(
        "NODE_CONFIG", json.dumps({"Entrypoint": ["/usr/local/bin/entrypoint", "/sbin/init"]})
    )
    return lambda: calls.read_text().splitlines()


@pytest.fixture
def start(tmp_path):
    said: list[str] = []

    def make(name="kind", expected=ClusterError, **options):
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        definitions = suite_folder("fixtures") / "crds"
        chosen = ClusterOptions(name, definitions, work, say=said.append, **options)
        with pytest.raises(expected) as error, cluster(chosen):
            pass
        return error.value

    start: Any = make
    start.said = said
    return start


def test_a_missing_docker_is_reported_with_an_alternative(tmp_path, monkeypatch, start):
    monkeypatch.setenv("PATH", str(tmp_path))
    error = start()
    assert "there is no docker on the PATH" in error.message
    assert "--cluster controlplane" in error.hint


def test_a_missing_kind_is_reported(tools, tmp_path, monkeypatch, start):
    (tmp_path / "bin" / "kind").unlink()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert "there is no kind on the PATH" in start().message


def test_a_docker_daemon_that_does_not_answer_is_reported(tools, monkeypatch, start):
    monkeypatch.setenv("DOCKER_VERSION", "1")
    error = start()
    assert "Docker does not answer" in error.message
    assert "daemon" in error.hint


def test_an_existing_kind_cluster_of_the_default_name_is_not_deleted(tools, monkeypatch, start):
    monkeypatch.setenv("CLUSTERS", "other kuscia-conformance")
    error = start(expected=UsageError)
    assert "a kind cluster kuscia-conformance exists" in error.message
    assert "--cluster kind:kuscia-conformance" in error.hint
    assert not [call for call in tools() if "delete" in call]


def test_an_existing_kind_cluster_that_does_not_answer_is_reported(
    tools, tmp_path, monkeypatch, start
):
    monkeypatch.setenv("CLUSTERS", "mine")
    content = {
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    (tmp_path / "kind.kubeconfig").write_text(json.dumps(content))
    monkeypatch.setenv("KUBECONFIG_OF_KIND", str(tmp_path / "kind.kubeconfig"))
    assert "http://127.0.0.1:1 does not answer" in start("kind:mine").message
    assert not [call for call in tools() if "delete" in call]


def test_a_kind_cluster_that_cannot_be_created_is_reported_and_deleted(tools, start):
    error = start()
    assert "could not find a log line" in error.message
    assert "--kind-image" in error.hint
    assert any(call.startswith("kind delete cluster --name kuscia-conformance") for call in tools())


def test_a_failed_kind_cluster_is_deleted_even_with_keep(tools, start):
    start(keep=True)
    assert any(call.startswith("kind delete cluster") for call in tools())


def test_the_only_local_node_image_is_used_if_none_can_be_pulled(tools, monkeypatch, start):
    monkeypatch.setenv("LOCAL_IMAGES", "busybox:1.36 some/node:v1")
    start()
    assert any("using the local node image some/node:v1" in text for text in start.said)
    [create] = [call for call in tools() if call.startswith("kind create cluster")]
    assert create.endswith("--image some/node:v1")


def test_no_node_image_is_chosen_if_there_are_several_local_ones(tools, monkeypatch, start):
    monkeypatch.setenv("LOCAL_IMAGES", "some/node:v1 other/node:v2")
    start()
    [create] = [call for call in tools() if call.startswith("kind create cluster")]
    assert "--image" not in create


def test_a_node_image_that_cannot_be_pulled_is_reported(tools, start):
    assert "pull access denied" in start(kind_image="missing/node:v1").message


def test_a_workload_image_that_cannot_be_pulled_deletes_the_cluster(
    tools, monkeypatch, tmp_path, start
):
    kind = tmp_path / "bin" / "kind"
    kind.write_text(
        kind.read_text().replace('echo "could not find a log line" >&2; exit 1', "exit 0")
    )
    error = start(workload_image="missing:1")
    assert "--workload-image missing:1" in error.message
    assert "--workload-image" in error.hint
    assert any(call.startswith("kind delete cluster") for call in tools())


def test_a_control_plane_without_its_programs_is_the_users_fault_only_if_named(
    tmp_path, monkeypatch
):
    def made(**options):
        definitions = suite_folder("fixtures") / "crds"
        with cluster(ClusterOptions("controlplane", definitions, tmp_path, **options)):
            pass

    monkeypatch.setenv("KUBEBUILDER_ASSETS", "/none")
    with pytest.raises(ClusterError, match=r"^controlplane: /none has no etcd"):
        made()
    with pytest.raises(UsageError, match=r"^--assets /nope has no etcd"):
        made(assets="/nope")
