"""Tests the objects of `--setup` and the defaults of `--task-defaults`."""

import asyncio

import pytest

from kuscia_conformance.environment.setup_manifests import (
    read_task_defaults,
    set_up,
    with_defaults,
)
from kuscia_conformance.errors import ClusterError, NotFound, UsageError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.objects import SERVICE_ACCOUNTS
from tests.given import settings_of

MANIFESTS = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: brought, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: brought}
rules: []
"""


def there(access):
    async def look():
        async with Api(access, "test") as api:
            try:
                await api.get(SERVICE_ACCOUNTS, "brought", "default")
                await api.raw("/apis/rbac.authorization.k8s.io/v1/clusterroles/brought")
            except NotFound:
                return False
            return True

    return asyncio.run(look())


def test_setup_objects_exist_during_the_run_only(control_plane, tmp_path):
    access, file = read_access(control_plane), tmp_path / "setup.yaml"
    file.write_text(MANIFESTS)
    with set_up(access, file, "test"):
        assert there(access)
        with (
            pytest.raises(ClusterError, match="ServiceAccount brought exists already"),
            set_up(access, file, "test"),
        ):
            pass
        assert there(access)
    assert not there(access)


def test_a_setup_with_an_unknown_kind_is_refused_and_undone(control_plane, tmp_path):
    access, file = read_access(control_plane), tmp_path / "setup.yaml"
    unknown = "\n---\napiVersion: v1\nkind: Nonsense\nmetadata: {name: brought}\n"
    file.write_text(MANIFESTS + unknown)
    with (
        pytest.raises(UsageError, match="the cluster has no kind v1 Nonsense"),
        set_up(access, file, "test"),
    ):
        pass
    assert not there(access)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}",
            "ConfigMap x has no namespace\n  write it into metadata.namespace",
        ),
        (
            "{apiVersion: v1, kind: Namespace, metadata: {name: x, namespace: y}}",
            (
                "Namespace x has the namespace y, but a Namespace lies in no namespace\n"
                "  take metadata.namespace out"
            ),
        ),
        (
            "{apiVersion: v9/x, kind: Foo, metadata: {name: x}}",
            "Foo x: the cluster has no kind v9/x Foo\n  correct the file",
        ),
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: nowhere}}",
            'ConfigMap x: namespaces "nowhere" not found\n  correct the file',
        ),
    ],
)
def test_a_setup_object_that_has_no_place_is_told_in_plain_words(
    control_plane, tmp_path, manifest, said
):
    file = tmp_path / "setup.yaml"
    file.write_text(manifest)
    with pytest.raises(UsageError) as refused, set_up(read_access(control_plane), file, "test"):
        pass
    assert str(refused.value) == f"--setup {file}: {said}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [", r"--setup .*setup.yaml:1"),
        (b"x", r"--setup .*setup.yaml:1:1: this is not a Kubernetes object"),
        (b"", r"--setup .*setup.yaml: the file has no Kubernetes object"),
        (b"\xff", r"--setup .*setup.yaml:1: the file is not UTF-8"),
    ],
)
def test_a_setup_file_that_is_wrong_is_refused_before_anything_starts(tmp_path, content, said):
    file = tmp_path / "setup.yaml"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        settings_of({"setup": str(file)})


def test_task_defaults_do_not_override_values_of_a_task(tmp_path):
    file = tmp_path / "defaults.yaml"
    file.write_text('metadata: {labels: {a: "1", b: "2"}, annotations: {c: "3"}}')
    task = {"metadata": {"name": "psi", "labels": {"b": "own"}}}
    assert with_defaults(task, read_task_defaults(file))["metadata"] == {
        "name": "psi",
        "labels": {"a": "1", "b": "own"},
        "annotations": {"c": "3"},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spec: {}", "spec cannot be set"),
        ("metadata: {name: x}", "metadata.name cannot be set"),
        ("metadata: {labels: {a: 1}}", r"metadata.labels\[a\] cannot be set"),
        ('metadata: {labels: {"a b": x}}', 'metadata.labels: Invalid value: "a b": name part must'),
        ("metadata: {labels: {a: x y}}", 'metadata.labels: Invalid value: "x y": a valid label'),
        ("metadata: {annotations: {/a: x}}", 'metadata.annotations: Invalid value: "/a": prefix'),
        ("metadata: 3", "metadata cannot be set"),
        ("- a", "^--task-defaults .*: task defaults have to be one mapping$"),
        ("", "^--task-defaults .*: task defaults have to be one mapping$"),
        ("x", "^--task-defaults .*: task defaults have to be one mapping$"),
        ("{}\n---\n{}", "^--task-defaults .*: task defaults have to be one mapping$"),
        ("a: [", "--task-defaults"),
    ],
)
def test_task_defaults_other_than_labels_and_annotations_are_refused(tmp_path, text, said):
    file = tmp_path / "defaults.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_task_defaults(file)
