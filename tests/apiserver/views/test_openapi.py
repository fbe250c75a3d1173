"""Tests the OpenAPI endpoints: index, documents, hashes and caching."""

import json
from datetime import UTC, datetime

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.request import Request
from kuscia_conformance.apiserver.views import openapi

NOW = datetime(2026, 11, 24, 13, 19, 36, tzinfo=UTC)
CUSTOM = {"apis/a.test/v1": openapi.as_document({"openapi": "3.0.0"})}
#: The hash that kube-apiserver 1.34.4 has for its document of api/v1.
HASH = (
    "AAB28BA8462DC58345C746C7A171FCE7A269A1FF2C28BF2BBCA61955B02AF288"
    "84AE5B4B30290495E26E7322D34D1224BAA0819B8AA794D614094E91BE3A10E0"
)


def ask(path, query="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return openapi.serve(Request("GET", f"/openapi/v3{path}", query, named), CUSTOM, NOW)


def url_of(path):
    return json.loads(ask("").body)["paths"][path]["serverRelativeURL"]


def hash_of(path):
    return url_of(path).partition("?hash=")[2]


def test_an_openapi_document_has_the_hash_of_a_real_server():
    assert url_of("api/v1") == f"/openapi/v3/api/v1?hash={HASH}"


def test_the_index_names_built_in_documents_and_those_of_definitions():
    paths = list(json.loads(ask("/").body)["paths"])
    assert paths == sorted({*data.openapi_paths(), *CUSTOM})
    assert {"api/v1", "apis/apps/v1", "apis/a.test/v1", "version"} <= set(paths)


def test_an_openapi_document_is_sent_with_its_hash_as_etag():
    answer = ask("/apis/a.test/v1")
    assert (answer.code, answer.body) == (200, b'{"openapi":"3.0.0"}')
    assert answer.headers == {"Etag": f'"{hash_of("apis/a.test/v1")}"', "Vary": "Accept"}


def test_a_document_requested_with_its_hash_may_be_cached_for_a_year():
    answer = ask("/api/v1", f"hash={hash_of('api/v1')}")
    assert answer.code == 200
    assert answer.headers["Cache-Control"] == "public, immutable"
    assert answer.headers["Expires"] == "Wed, 24 Nov 2027 13:19:36 UTC"


def test_a_request_with_an_old_hash_is_redirected_to_the_current_hash():
    answer = ask("/api/v1", "hash=0")
    assert (answer.code, answer.headers["Location"]) == (301, url_of("api/v1"))


def test_a_client_that_has_the_current_document_gets_304():
    answer = ask("/api/v1", if_none_match=f'W/"{hash_of("api/v1")}"')
    assert (answer.code, answer.body) == (304, b"")


def test_an_unknown_openapi_document_is_not_found():
    assert ask("/apis/nope/v1").code == 404


def test_openapi_documents_are_served_as_json_only():
    assert ask("/api/v1", accept="application/yaml").code == 406
    assert ask("/api/v1", accept="application/*").code == 200
