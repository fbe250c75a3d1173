import hashlib

import pytest

from kuscia_conformance.apiserver import data


def test_documents_are_those_of_kubernetes_to_the_last_byte():
    text = data.openapi_text("api/v1")
    assert hashlib.sha512(text).hexdigest().startswith("aab28ba8462dc58345c746c7a171fce7")


def test_every_group_version_that_is_discovered_has_its_openapi():
    paths = data.openapi_paths()
    for of_version in data.discovery():
        group, _, version = of_version["groupVersion"].rpartition("/")
        assert data.api_path(group, version) in paths


def test_every_collection_has_columns():
    for of_version in data.discovery():
        group, _, version = of_version["groupVersion"].rpartition("/")
        for resource in of_version["resources"]:
            if "list" in resource["verbs"]:
                assert data.columns(group, version, resource["name"])


def test_components_are_known_by_their_types_names():
    assert "containers" in data.components("", "v1")["io.k8s.api.core.v1.PodSpec"]["properties"]


def test_what_is_not_built_in_is_not_there():
    with pytest.raises(KeyError):
        data.openapi("nope", "v1")


def test_the_version_is_that_of_the_documents():
    assert data.version()["gitVersion"] == "v1.34.4"
    assert data.openapi("", "v1")["info"]["version"] == "1.34"
