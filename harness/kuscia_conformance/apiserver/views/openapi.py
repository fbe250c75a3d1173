"""/openapi/v3: the documents by which kubectl validates, explains and merges.

The documents of built-in kinds are sent as they were recorded. Those of custom kinds are passed in
(`custom`). The URL of each document has a hash of its contents, so that clients may cache it for
long. As in the real server, nothing is compressed here.

/openapi/v2 exists, but its document is empty. kubectl asks for version 3 first, and for version 2
only if it finds a kind nowhere.
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
#: The media type in the answer, which may not have an @.
_PROTOBUF_TYPE = _PROTOBUF.replace("@", ".")
_NOTHING = b'{"swagger":"2.0","info":{"title":"Kubernetes","version":"v1"},"paths":{}}'


@dataclass(frozen=True)
class Document:
    """The OpenAPI document of a group-version, in the bytes that are sent, and its hash."""

    text: bytes
    hash: str


def as_document(openapi: Obj) -> Document:
    """Returns the document of custom kinds; keep it as long as the definitions do not change."""
    return _hashed(orjson.dumps(openapi))


def serve_version_2(request: Request) -> Answer:
    """Answers /openapi/v2 with an empty document, in protocol buffers or in JSON."""
    if _PROTOBUF in request.accept:
        return Answer(200, b"", _PROTOBUF_TYPE)
    return Answer(200, _NOTHING)


def serve(request: Request, custom: Mapping[str, Document], now: datetime) -> Answer:
    """Answers a request for /openapi/v3 or below it.

    `custom` has the documents of custom kinds by path: `apis/GROUP/VERSION`. The answer is 404 for
    an unknown path, 406 if the client does not accept JSON, 301 if the URL has an old hash, and 304
    if the client has the document.
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
    hashes = {path: document.hash for path, document in custom.items()} | _built_in_hashes()
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
