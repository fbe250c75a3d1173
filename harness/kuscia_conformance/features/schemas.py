"""The schemas of documents and manifests: which fields there are, and which values they can have.

KusciaTasks and Kuscia's other kinds are described by the suite's resource definitions, pods by
Kubernetes' own OpenAPI. The definitions leave some words open that Kuscia's pages list, such as
phases; here they are added, so that `lint` finds a misspelt one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from kuscia_conformance import documents
from kuscia_conformance.apiserver.data import openapi_text
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.kube.kuscia import GROUP_PHASES, TASK_PHASES, TASK_RESOURCE_PHASES
from kuscia_conformance.kube.objects import Obj

#: The ends of the names of expected documents: of a task's status, and of whole objects.
STATUS, POD = ".status.yaml", ".pod.yaml"
GROUP, RESOURCE = ".group.yaml", ".resource.yaml"
EXPECTED = (STATUS, POD, GROUP, RESOURCE)

#: The words of fields that are strings in the definitions, by the plural of the kind.
_WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "kusciatasks": {
        "phase": TASK_PHASES,
        "podPhase": (*TASK_PHASES, "Unknown"),
        "scope": ("Cluster", "Domain", "Local"),
    },
    "taskresourcegroups": {"phase": GROUP_PHASES},
    "taskresources": {"phase": TASK_RESOURCE_PHASES},
    "appimages": {},
}
_CONDITION_STATUS = ("True", "False", "Unknown")
_POD = "io.k8s.api.core.v1.Pod"


def schema_for(path: Path) -> Obj | None:
    """Returns the schema for an expected document, by its file name, or None."""
    kinds = (kind for ending, kind in _KINDS.items() if path.name.endswith(ending))
    return next(map(schema_of, kinds), None)


def schema_of(kind: str) -> Obj | None:
    """Returns the schema of the objects of a kind; None for a kind that it does not know."""
    return _BY_KIND[kind]() if kind in _BY_KIND else None


@cache
def status_schema() -> Obj:
    """Returns the schema of a KusciaTask's status, from the suite's resource definition."""
    schema: Obj = object_schema("kusciatasks")["properties"]["status"]
    return {**schema, "title": "status"}


@cache
def object_schema(plural: str) -> Obj:
    """Returns the schema of an object, from the suite's definition, with any metadata allowed."""
    [definition] = documents.load_manifests(suite_folder("fixtures") / "crds" / f"{plural}.yaml")
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    words = {**_WORDS[plural], "status": _CONDITION_STATUS}
    return _whole(_with_words(schema, words), definition["spec"]["names"]["kind"])


@cache
def pod_schema() -> Obj:
    """Returns the schema of a pod, from Kubernetes' OpenAPI, with any metadata allowed."""
    known = orjson.loads(openapi_text("api/v1"))["components"]["schemas"]
    return _whole(_expanded(known[_POD], known), "Pod")


_BY_KIND: Mapping[str, Callable[[], Obj]] = {
    "KusciaTask": lambda: object_schema("kusciatasks"),
    "AppImage": lambda: object_schema("appimages"),
    "TaskResourceGroup": lambda: object_schema("taskresourcegroups"),
    "TaskResource": lambda: object_schema("taskresources"),
    "Pod": pod_schema,
    "status": status_schema,
}


#: The kinds of what expected documents describe, by the ends of their names.
_KINDS = {STATUS: "status", POD: "Pod", GROUP: "TaskResourceGroup", RESOURCE: "TaskResource"}


def _whole(schema: Any, kind: str) -> Obj:
    return {**schema, "title": kind, "properties": {**schema["properties"], "metadata": {}}}


def _with_words(schema: Any, words: Mapping[str, Sequence[str]]) -> Any:
    """Returns the schema with an enum for each string field of these names."""
    if isinstance(schema, list):
        return [_with_words(each, words) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _with_words(each, words) for name, each in schema.items()}
    for name, field in (found.get("properties") or {}).items():
        if name in words and field.get("type") == "string":
            found["properties"][name] = {"enum": list(words[name]), **field}
    return found


def _expanded(schema: Any, known: Mapping[str, Any]) -> Any:
    """Returns the schema with what its references refer to in their place."""
    if isinstance(schema, list):
        return [_expanded(each, known) for each in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref") or next((e["$ref"] for e in schema.get("allOf", ())), None)
    if reference:
        return _expanded(known[reference.rpartition("/")[2]], known)
    return {name: _expanded(each, known) for name, each in schema.items()}
