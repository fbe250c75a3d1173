"""Tests the OpenAPI documents of resource definitions against those of a real server."""

from __future__ import annotations

from copy import deepcopy

import pytest

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.crd import default_definition, openapi_of, openapi_of_group
from tests.apiserver.crd.cases import definition, documents, published

PUBLISHED = published()
DOCUMENTS = documents()
SHARED = data.openapi("apps", "v1")


@pytest.mark.parametrize("group_version", PUBLISHED)
def test_the_published_document_equals_that_of_a_real_server(group_version):
    definitions = deepcopy(PUBLISHED[group_version])
    for each in definitions:
        default_definition(each)
    _, _, version = group_version.partition("/")
    assert openapi_of_group(definitions, version, SHARED) == DOCUMENTS[group_version]


def test_an_openapi_document_describes_one_version_only():
    other = {"name": "v2", "served": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    obj = definition()
    obj["spec"]["versions"].append(other)
    default_definition(obj)
    document = openapi_of(obj, "v2", SHARED)
    assert all(path.startswith("/apis/embedded.example.com/v2/") for path in document["paths"])
    schema = document["components"]["schemas"]["com.example.embedded.v2.Thing"]
    assert set(schema["properties"]) == {"apiVersion", "kind", "metadata"}


def test_building_a_document_does_not_change_the_shared_schemas():
    obj = definition()
    default_definition(obj)
    before = deepcopy(SHARED)
    openapi_of(obj, "v1", SHARED)
    assert before == SHARED
