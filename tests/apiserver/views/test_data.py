"""Tests the data that is taken from Kubernetes: OpenAPI documents, discovery, columns."""

import hashlib

import pytest

from kuscia_conformance.apiserver import data


def test_the_openapi_document_of_api_v1_equals_that_of_kubernetes():
    text = data.openapi_text("api/v1")
    assert hashlib.sha512(text).hexdigest().startswith("aab28ba8462dc58345c746c7a171fce7")


def test_every_discovered_group_version_has_an_openapi_document():
    paths = data.openapi_paths()
    for of_version in data.discovery():
        group, _, version = of_version["groupVersion"].rpartition("/")
        assert data.api_path(group, version) in paths


def test_every_kind_that_can_be_listed_has_columns():
    for of_version in data.discovery():
        group, _, version = of_version["groupVersion"].rpartition("/")
        for resource in of_version["resources"]:
            if "list" in resource["verbs"]:
                assert data.columns(group, version, resource["name"])


def test_openapi_components_are_found_by_the_name_of_their_type():
    assert "containers" in data.components("", "v1")["io.k8s.api.core.v1.PodSpec"]["properties"]


def test_an_unknown_group_has_no_openapi_document():
    with pytest.raises(KeyError):
        data.openapi("nope", "v1")


def test_the_server_version_matches_that_of_the_openapi_documents():
    assert data.version()["gitVersion"] == "v1.34.4"
    assert data.openapi("", "v1")["info"]["version"] == "1.34"
