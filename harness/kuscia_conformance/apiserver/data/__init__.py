"""What Kubernetes says of itself: its OpenAPI, its discovery, and the columns of its tables.

Comes in: nothing. Goes out: documents as a kube-apiserver has served them. It must not know who
reads them.

Files, as a kube-apiserver has served them; `python -m kuscia_conformance.apiserver.data` makes
them anew. README.md says from which version they are. Nothing that is returned may be changed.
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
#: Two lines a document: its path below /openapi/v3/, and the JSON as it was served.
OPENAPI = HERE / "openapi.xz"
#: The APIResourceLists of all group-versions, in the order in which the server names them.
DISCOVERY = HERE / "discovery.json"
#: By the path of a collection: the columnDefinitions of its Table.
COLUMNS = HERE / "columns.json.xz"
#: What /version answers.
VERSION = HERE / "version.json"


def group_version(group: str, version: str) -> str:
    return f"{group}/{version}" if group else version


def api_path(group: str, version: str) -> str:
    """`api/v1`, `apis/apps/v1`: where the server and its OpenAPI keep a group-version."""
    return f"apis/{group}/{version}" if group else f"api/{version}"


def openapi_paths() -> Sequence[str]:
    """Of what there are documents below /openapi/v3/: api/v1, apis/apps/v1, version and more."""
    return list(_openapi()[1])


def openapi_text(path: str) -> bytes:
    """One of these documents as it is served. KeyError where there is none."""
    text, places = _openapi()
    return text[places[path]]


@cache
def _openapi() -> tuple[bytes, Mapping[str, slice]]:
    """All documents, and where each of them is; cut out when asked for, since that is faster."""
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
    """The OpenAPI v3 document of a group-version. KeyError where it is not built in."""
    document: Obj = orjson.loads(openapi_text(api_path(group, version)))
    return document


def components(group: str, version: str) -> Mapping[str, Any]:
    """The schemas of a group-version, by their names: io.k8s.api.core.v1.PodSpec."""
    schemas: Mapping[str, Any] = openapi(group, version)["components"]["schemas"]
    return schemas


@cache
def discovery() -> list[Obj]:
    """The APIResourceLists: v1 first, then group by group, a group's preferred version first."""
    lists: list[Obj] = orjson.loads(DISCOVERY.read_bytes())
    return lists


@cache
def version() -> Obj:
    """Which Kubernetes it is that all this is from."""
    found: Obj = orjson.loads(VERSION.read_bytes())
    return found


def columns(group: str, version: str, plural: str) -> list[Obj]:
    """The columnDefinitions of a built-in collection's Table. KeyError where there are none."""
    return _columns()[f"{api_path(group, version)}/{plural}"]


@cache
def _columns() -> dict[str, list[Obj]]:
    found: dict[str, list[Obj]] = orjson.loads(lzma.decompress(COLUMNS.read_bytes()))
    return found
