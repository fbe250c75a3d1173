"""Tests the validation of metadata; the expected texts are those of a real server."""

from __future__ import annotations

import pytest

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.builtin import validate_metadata
from kuscia_conformance.apiserver.builtin.names import (
    config_key,
    label,
    label_1035,
    path_segment,
    qualified_name,
    subdomain,
)
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import texts

CONFIG_MAP = Kind("", "v1", "configmaps", "configmap", "ConfigMap", namespaced=True)
NODE = Kind("", "v1", "nodes", "node", "Node", namespaced=False)
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    r"for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
QUALIFIED = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
OWNER = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}


def wrong(kind: Kind = CONFIG_MAP, **metadata: object) -> list[str]:
    place = {"namespace": "work"} if kind.namespaced else {}
    return texts(validate_metadata({"metadata": {"name": "a", **place, **metadata}}, None, kind))


def wrong_change(old: Obj, **changes: object) -> list[str]:
    before = {"name": "a", "namespace": "work", "uid": "u", **old}
    new = {"metadata": {**before, **changes}}
    return texts(validate_metadata(new, {"metadata": before}, CONFIG_MAP))


def test_metadata_with_all_fields_set_is_valid() -> None:
    assert not wrong(
        name="a.b-c",
        generateName="a-",
        labels={"example.com/a": "B_1", "b": ""},
        annotations={"Example.com/a": "anything at all"},
        ownerReferences=[{**OWNER, "controller": True}, OWNER],
        finalizers=["example.com/b", "orphan"],
    )


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"name": "A"}, f'metadata.name: Invalid value: "A": {SUBDOMAIN}'),
        ({"name": ""}, "metadata.name: Required value: name or generateName is required"),
        ({"namespace": ""}, "metadata.namespace: Required value"),
        (
            {"generation": -1},
            ("metadata.generation: Invalid value: -1: must be greater than or equal to 0"),
        ),
        ({"labels": {"-a": ""}}, f'metadata.labels: Invalid value: "-a": {QUALIFIED}'),
        (
            {"labels": {"a": "x" * 64}},
            (f'metadata.labels: Invalid value: "{"x" * 64}": must be no more than 63 characters'),
        ),
        (
            {"labels": {"X.com/a": ""}},
            (f'metadata.labels: Invalid value: "X.com/a": prefix part {SUBDOMAIN}'),
        ),
        (
            {"annotations": {"/a": ""}},
            ('metadata.annotations: Invalid value: "/a": prefix part must be non-empty'),
        ),
        (
            {"annotations": {"a": "x" * 2**18}},
            ("metadata.annotations: Too long: may not be more than 262144 bytes"),
        ),
        (
            {"annotations": {"a": "é" * 2**17}},
            ("metadata.annotations: Too long: may not be more than 262144 bytes"),
        ),
        (
            {"ownerReferences": [{**OWNER, "uid": ""}]},
            ('metadata.ownerReferences.uid: Invalid value: "": must not be empty'),
        ),
        (
            {"ownerReferences": [{**OWNER, "apiVersion": "a/b/c"}]},
            (
                'metadata.ownerReferences.apiVersion: Invalid value: "a/b/c": version must '
                "not be empty"
            ),
        ),
        (
            {"finalizers": ["a"]},
            (
                'metadata.finalizers[0]: Invalid value: "a": name is neither a standard '
                "finalizer name nor is it fully qualified"
            ),
        ),
        (
            {"finalizers": ["orphan", "foregroundDeletion"]},
            (
                'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: '
                "finalizer orphan and foregroundDeletion cannot be both set"
            ),
        ),
    ],
)
def test_invalid_metadata_is_refused_in_the_words_of_a_real_server(
    metadata: Obj, said: str
) -> None:
    assert wrong(**metadata) == [said]


def test_annotations_of_the_maximum_size_are_valid() -> None:
    assert not wrong(annotations={"a": "x" * (2**18 - 1)})


def test_two_owner_references_with_controller_true_are_refused() -> None:
    first, second = {**OWNER, "controller": True}, {**OWNER, "name": "q", "controller": True}
    [said] = wrong(ownerReferences=[first, second])
    assert said.endswith(
        "Only one reference can have Controller set to true. "
        'Found "true" in references for Pod/p and Pod/q'
    )


def test_an_event_cannot_be_an_owner() -> None:
    [said] = wrong(ownerReferences=[{**OWNER, "kind": "Event"}])
    assert said.endswith("/v1, Kind=Event is disallowed from being an owner")


def test_a_cluster_scoped_object_must_have_no_namespace() -> None:
    assert wrong(NODE) == []
    said = "metadata.namespace: Forbidden: not allowed on this type"
    assert wrong(NODE, namespace="work") == [said]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (("", "namespaces"), "a.b"),
        (("", "services"), "1a"),
        (("batch", "cronjobs"), "a" * 53),
        (("rbac.authorization.k8s.io", "roles"), "a/b"),
        (("", "configmaps"), "a:b"),
    ],
)
def test_each_kind_has_its_own_rule_for_names_and_refuses_other_names(
    key: tuple[str, str], name: str
) -> None:
    kind = Kind(key[0], "v1", key[1], "", "", namespaced=True)
    assert len(wrong(kind, name=name)) == 1
    assert not wrong(kind, name="a")


def test_the_name_of_a_role_may_contain_colons_spaces_and_capitals() -> None:
    roles = Kind("rbac.authorization.k8s.io", "v1", "roles", "role", "Role", namespaced=True)
    assert not wrong(roles, name="system:A B")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "b"),
        ("namespace", "c"),
        ("uid", "w"),
        ("creationTimestamp", "2020"),
        ("deletionTimestamp", "2020"),
        ("deletionGracePeriodSeconds", 5),
    ],
)
def test_some_metadata_cannot_be_changed(field: str, value: object) -> None:
    said, again = wrong_change({}, **{field: value})
    assert said == again
    assert said.startswith(f"metadata.{field}: Invalid value: ")
    assert said.endswith(": field is immutable")


def test_no_finalizer_can_be_added_to_an_object_that_is_being_deleted() -> None:
    deleted: Obj = {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.com/b"]}
    assert not wrong_change(deleted, finalizers=[])
    said, again = wrong_change(deleted, finalizers=["x.com/z", "a.com/b", "x.com/y"])
    assert said == again
    assert said == (
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being "
        'deleted, found new finalizers []string{"x.com/y", "x.com/z"}'
    )


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (subdomain("a" * 254), "must be no more than 253 characters"),
        (label("a.b"), "must not contain dots"),
        (label_1035("a" * 64), "must be no more than 63 characters"),
        (path_segment(".."), "may not be '..'"),
        (path_segment("a%b"), "may not contain '%'"),
        (config_key("..a"), "must not start with '..'"),
        (qualified_name(""), "name part must be non-empty"),
    ],
)
def test_each_name_rule_states_why_it_refuses_a_name(said: tuple[str, ...], complaint: str) -> None:
    assert said[0] == complaint
