"""What a kube-apiserver says about itself: OpenAPI, discovery, and the columns of its tables.

Comes in: nothing. Goes out: documents as a kube-apiserver has served them. It must not know who
reads them.

The documents are files in this folder. `python -m kuscia_conformance.apiserver.data` records them
again; README.md names their version. A file is read when it is first needed and then kept, so
callers must not change what is returned.
"""

from __future__ import annotations

import lzma
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from kuscia_conformance.kube.objects import Obj

HERE = Path(__file__).parent
#: Two lines for each document: its path below /openapi/v3/, and the JSON that was served.
OPENAPI = HERE / "openapi.xz"
#: The APIResourceLists of all group-versions, in the order in which the server names them.
DISCOVERY = HERE / "discovery.json"
#: The columnDefinitions of Tables, by the path of the collection.
COLUMNS = HERE / "columns.json.xz"
#: The answer of /version.
VERSION = HERE / "version.json"


def group_version(group: str, version: str) -> str:
    return f"{group}/{version}" if group else version


def api_path(group: str, version: str) -> str:
    """Returns the path of a group-version in the server and its OpenAPI: `apis/apps/v1`."""
    return f"apis/{group}/{version}" if group else f"api/{version}"


def openapi_paths() -> Sequence[str]:
    """Returns the paths of all documents below /openapi/v3/: api/v1, apis/apps/v1, version, …."""
    return list(_openapi()[1])


def openapi_text(path: str) -> bytes:
    """Returns the served bytes of one of these documents; raises KeyError for another path."""
    text, places = _openapi()
    return text[places[path]]


@cache
def _openapi() -> tuple[bytes, Mapping[str, slice]]:
    """Returns the text of all documents, and where each of them is in it.

    The documents are cut out on request, because this is faster than to cut them all.
    """
    text = lzma.decompress(OPENAPI.read_bytes())
    places: dict[str, slice] = {}
    start = 0
    while start < len(text):
        path_end = text.index(b"\n", start)
        end = text.index(b"\n", path_end + 1)
        places[text[start:path_end].decode()] = slice(path_end + 1, end)
        start = end + 1
    return text, places


@cache
def openapi(group: str, version: str) -> Obj:
    """Returns the OpenAPI v3 document of a group-version; raises KeyError if it is not built in."""
    document: Obj = orjson.loads(openapi_text(api_path(group, version)))
    return document


def components(group: str, version: str) -> Mapping[str, Any]:
    """Returns a group-version's schemas by name; raises KeyError if it is not built in."""
    schemas: Mapping[str, Any] = openapi(group, version)["components"]["schemas"]
    return schemas


@cache
def discovery() -> list[Obj]:
    """Returns the APIResourceLists: v1, then each group with its preferred version first."""
    lists: list[Obj] = orjson.loads(DISCOVERY.read_bytes())
    return lists


@cache
def version() -> Obj:
    """Returns the answer of /version: the Kubernetes version from which all documents are."""
    found: Obj = orjson.loads(VERSION.read_bytes())
    return found


def columns(group: str, version: str, plural: str) -> list[Obj]:
    """Returns the columnDefinitions of a built-in collection; raises KeyError for others."""
    return _columns()[f"{api_path(group, version)}/{plural}"]


@cache
def _columns() -> dict[str, list[Obj]]:
    found: dict[str, list[Obj]] = orjson.loads(lzma.decompress(COLUMNS.read_bytes()))
    return found
