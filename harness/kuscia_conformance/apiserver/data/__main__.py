"""Records the data from a kube-apiserver: `python -m kuscia_conformance.apiserver.data KUBECONFIG`.

Groups that come from CustomResourceDefinitions are left out. A second run against the same server
writes the same bytes.
"""

from __future__ import annotations

import lzma
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import HTTPSHandler, Request, build_opener

import orjson

from kuscia_conformance.apiserver.data import COLUMNS, DISCOVERY, OPENAPI, VERSION, api_path
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.objects import DEFINITIONS, Obj

AS_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
Get = Callable[..., bytes]


def main(kubeconfig: str) -> None:
    """Writes all data files but protobuf.json.xz, which does not come from a server."""
    get = _getter(kubeconfig)
    lists = list(_discovery(get))
    custom = {api_path(*pair) for pair in _defined(get)}
    OPENAPI.write_bytes(_packed(b"".join(_openapi(get, custom))))
    DISCOVERY.write_bytes(_readable(lists))
    VERSION.write_bytes(_readable(orjson.loads(get("version"))))
    COLUMNS.write_bytes(_packed(orjson.dumps(dict(_columns(get, lists)))))


def _getter(kubeconfig: str) -> Get:
    access = read_access(kubeconfig)
    opener = build_opener(HTTPSHandler(context=access.tls))

    def get(path: str, accept: str = "application/json") -> bytes:
        headers = {"Accept": accept, "Authorization": access.authorization() or ""}
        with opener.open(Request(f"{access.server}/{path}", headers=headers)) as answer:
            text: bytes = answer.read()
        return text

    return get


def _defined(get: Get) -> set[tuple[str, str]]:
    """Returns the groups and versions of all CustomResourceDefinitions."""
    specs = [item["spec"] for item in orjson.loads(get(DEFINITIONS.path()[1:]))["items"]]
    return {(spec["group"], version["name"]) for spec in specs for version in spec["versions"]}


def _discovery(get: Get) -> Iterator[Obj]:
    custom = {group for group, _ in _defined(get)}
    groups = orjson.loads(get("apis"))["groups"]
    versions = [
        f"apis/{version['groupVersion']}"
        for group in groups
        if group["name"] not in custom
        for version in group["versions"]
    ]
    for path in ("api/v1", *versions):
        yield orjson.loads(get(path))


def _openapi(get: Get, custom: set[str]) -> Iterator[bytes]:
    index = orjson.loads(get("openapi/v3"))["paths"]
    for path in sorted(set(index) - custom):
        yield b"%s\n%s\n" % (path.encode(), get(f"openapi/v3/{path}").strip())


def _columns(get: Get, lists: list[Obj]) -> Iterator[tuple[str, list[Obj]]]:
    for of_version in lists:
        group, _, version = of_version["groupVersion"].rpartition("/")
        for resource in of_version["resources"]:
            if "list" in resource["verbs"]:
                path = f"{api_path(group, version)}/{resource['name']}"
                table = orjson.loads(get(f"{path}?limit=1", AS_TABLE))
                yield path, table["columnDefinitions"]


def _readable(document: Any) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def _packed(text: bytes) -> bytes:
    return lzma.compress(text, preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    main(sys.argv[1])
