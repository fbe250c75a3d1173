"""Tests answers with metadata only (PartialObjectMetadata)."""

import pytest

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.views.partial import (
    no_list,
    not_one_object,
    partial,
    partial_list,
)

POD = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": {"nodeName": "n"}}


def kind(group, name, **more):
    return Kind(group, "v1", "x", "", name, True, **more)


def test_a_partial_object_has_only_metadata():
    assert partial(POD) == {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"name": "p"},
    }


def test_a_partial_list_keeps_its_own_metadata():
    assert partial_list([POD], {"resourceVersion": "7"}, "meta.k8s.io/v1beta1") == {
        "kind": "PartialObjectMetadataList",
        "apiVersion": "meta.k8s.io/v1beta1",
        "metadata": {"resourceVersion": "7"},
        "items": [partial(POD, "meta.k8s.io/v1beta1")],
    }


def test_an_empty_partial_list_has_null_items():
    assert partial_list([], {})["items"] is None


@pytest.mark.parametrize(
    ("of", "list_type", "type_"),
    [
        (kind("", "Namespace"), "*core.NamespaceList", "*core.Namespace"),
        (kind("apps", "Deployment"), "*apps.DeploymentList", "*apps.Deployment"),
        (
            kind("rbac.authorization.k8s.io", "Role"),
            "*rbac.RoleList",
            "*rbac.Role",
        ),
        (
            kind("events.k8s.io", "Event", stored_as=("", "events")),
            "*core.EventList",
            "*core.Event",
        ),
    ],
)
def test_a_list_requested_as_one_object_or_the_reverse_is_refused(of, list_type, type_):
    assert str(not_one_object(of)) == (
        f"you requested PartialObjectMetadata, but the requested object is a list ({list_type})"
    )
    assert str(no_list(of)) == (
        f"you requested PartialObjectMetadataList, but the requested object is not a list ({type_})"
    )


def test_custom_kinds_have_their_own_refusals_of_partial_metadata():
    of = kind("a.test", "A", definition={})
    said = "you requested PartialObjectMetadata, but the requested object is a list"
    assert str(not_one_object(of)) == f"{said} (*unstructured.UnstructuredList)"
    assert (no_list(of).code, str(no_list(of))) == (500, "content is not a list")
