"""/openapi/v3: the documents that kubectl uses to validate manifests, explain kinds, and patch.

The documents of built-in kinds are sent as they were recorded. Those of custom kinds are passed in
(`custom`); they have the built-in kinds of their group-version, too, if it has any. In the index,
the URL of each document contains a hash of the document, so that clients can cache the answer from
this URL for a long time. This module does not compress answers; neither does the real server for
these paths.

/openapi/v2 exists, but its document describes nothing. kubectl asks for version 3 first, and for
version 2 only if no version 3 document contains the kind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import orjson

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.request import Answer, Request
from kuscia_conformance.apiserver.views.accept import JSON, ranges
from kuscia_conformance.kube.objects import Obj

PREFIX = "/openapi/v3"
VERSION_2 = "/openapi/v2"
_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
#: The media type for the Content-Type header. It must not contain an @.
_PROTOBUF_TYPE = _PROTOBUF.replace("@", ".")
_NOTHING = b'{"swagger":"2.0","info":{"title":"Kubernetes","version":"v1"},"paths":{}}'


@dataclass(frozen=True)
class Document:
    """The OpenAPI document of a group-version, as the bytes that are sent, and its hash."""

    text: bytes
    hash: str


def as_document(openapi: Obj) -> Document:
    """Returns the document of one group-version of custom kinds.

    Making it is slow, so the caller keeps it until a CustomResourceDefinition changes.
    """
    return _hashed(orjson.dumps(openapi))


def serve_version_2(request: Request) -> Answer:
    """Answers /openapi/v2 with a document without paths, in protocol buffers or in JSON."""
    if _PROTOBUF in request.accept:
        return Answer(200, b"", _PROTOBUF_TYPE)
    return Answer(200, _NOTHING)


def serve(request: Request, custom: Mapping[str, Document], now: datetime) -> Answer:
    """Answers a request for /openapi/v3 or below it.

    `custom` has the documents of custom kinds by path: `apis/GROUP/VERSION`. The index is always
    answered with 200. For a document the answer is 404 if the path is unknown, 406 if the client
    does not accept JSON, 301 if the hash in the URL is not the current one, and 304 if
    If-None-Match has the current hash. Only answers to URLs with a hash may be cached.
    """
    path = request.path.removeprefix(PREFIX).removeprefix("/")
    if not path:
        return _index(custom)
    document = custom.get(path) or _built_in(path)
    if document is None:
        return Answer(404, content_type="")
    if not any(each.matches(JSON) for each in ranges(request.accept)):
        return Answer(406, content_type="", headers={"Vary": "Accept"})
    return _answer(request, document, f"{PREFIX}/{path}?hash={document.hash}", now)


def _index(custom: Mapping[str, Document]) -> Answer:
    hashes = _built_in_hashes() | {path: document.hash for path, document in custom.items()}
    urls = {
        path: {"serverRelativeURL": f"{PREFIX}/{path}?hash={hashes[path]}"}
        for path in sorted(hashes)
    }
    return Answer(200, orjson.dumps({"paths": urls}), "text/plain; charset=utf-8")


def _answer(request: Request, document: Document, url: str, now: datetime) -> Answer:
    etag = f'"{document.hash}"'
    headers = {"Etag": etag, "Vary": "Accept"}
    asked = request.query.get("hash", "")
    if asked and asked != document.hash:
        return Answer(301, headers={**headers, "Location": url})
    if asked:
        expires = (now + timedelta(days=365)).strftime("%a, %d %b %Y %H:%M:%S UTC")
        headers |= {"Cache-Control": "public, immutable", "Expires": expires}
    if etag in request.headers.get("if-none-match", ""):
        return Answer(304, content_type="", headers=headers)
    return Answer(200, document.text, headers=headers)


def _built_in(path: str) -> Document | None:
    try:
        return Document(data.openapi_text(path), _built_in_hashes()[path])
    except KeyError:
        return None


@cache
def _built_in_hashes() -> dict[str, str]:
    return {path: _hashed(data.openapi_text(path)).hash for path in data.openapi_paths()}


def _hashed(text: bytes) -> Document:
    return Document(text, hashlib.sha512(text).hexdigest().upper())
