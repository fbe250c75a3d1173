"""The paths of a custom kind in OpenAPI, and their operations.

The parameters of the operations are not described here. They are copied from `shared`, the document
of apps/v1 (see `openapi`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kuscia_conformance.kube.objects import Obj

META = "io.k8s.apimachinery.pkg.apis.meta.v1"
_SCALE = "io.k8s.api.autoscaling.v1.Scale"
_TYPES = ("application/json", "application/yaml")
_PATCH_TYPES = (
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
)
_VOWELS = "aeiouAEIOU"
#: The path in `shared` whose parameters are copied.
_DESCRIBED = "/apis/apps/v1/namespaces/{namespace}/deployments"
_LISTING = (
    "allowWatchBookmarks",
    "continue",
    "fieldSelector",
    "labelSelector",
    "limit",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "timeoutSeconds",
    "watch",
)
_WRITING = ("dryRun", "fieldManager", "fieldValidation")
_DELETING = (
    "dryRun",
    "gracePeriodSeconds",
    "ignoreStoreReadErrorWithClusterBreakingPotential",
    "orphanDependents",
    "propagationPolicy",
)


class _Action(NamedTuple):
    """One operation; `verb` is the word for it in names and descriptions."""

    method: str
    name: str
    verb: str
    parameters: tuple[str, ...]
    #: The answers besides 200: their codes and descriptions.
    further: tuple[tuple[str, str], ...] = ()


_CREATED, _ACCEPTED = ("201", "Created"), ("202", "Accepted")
_LIST = _Action("get", "list", "list", _LISTING)
_COLLECTION = (
    _LIST,
    _Action("post", "post", "create", _WRITING, (_CREATED, _ACCEPTED)),
    _Action("delete", "deletecollection", "deletecollection", _LISTING),
)
_GET = _Action("get", "get", "read", ("resourceVersion",))
_PUT = _Action("put", "put", "replace", _WRITING, (_CREATED,))
_PATCH = _Action("patch", "patch", "patch", (*_WRITING, "force"))
_DELETE = _Action("delete", "delete", "delete", _DELETING, (_ACCEPTED,))


class _Subject(NamedTuple):
    """The kind that the operations are about."""

    group: str
    version: str
    kind: str
    namespaced: bool
    schema: str
    list_schema: str
    #: The parameters as `shared` describes them, by name. Those of patches are described otherwise.
    parameters: Mapping[str, Obj]
    of_patches: Mapping[str, Obj]


def paths_of(definition: Obj, version: Obj, shared: Obj) -> Iterator[tuple[str, Obj]]:
    """Yields the paths of a custom kind in one version, each with its operations."""
    spec, subject = definition["spec"], _subject(definition, version, shared)
    root, plural = f"/apis/{subject.group}/{subject.version}", spec["names"]["plural"]
    own = f"{root}/namespaces/{{namespace}}/{plural}" if subject.namespaced else f"{root}/{plural}"
    if subject.namespaced:
        yield f"{root}/{plural}", _of_all_namespaces(subject)
    in_path = ("namespace",) if subject.namespaced else ()
    yield own, _path(subject, _operations(subject, _COLLECTION), in_path)
    actions = (_GET, _PUT, _DELETE, _PATCH)
    yield f"{own}/{{name}}", _path(subject, _operations(subject, actions), ("name", *in_path))
    for sub in version.get("subresources") or ():
        operations = _operations(subject, (_GET, _PUT, _PATCH), sub)
        yield f"{own}/{{name}}/{sub}", _path(subject, operations, ("name", *in_path))


def schema_name(definition: Obj, version: Obj, kind: str) -> str:
    """Returns the name of a schema in the document: `com.example.v1.Widget`."""
    domain = reversed(definition["spec"]["group"].split("."))
    return ".".join((*domain, version["name"], kind))


def ref(name: str) -> Obj:
    """Returns a reference to a schema in the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def _subject(definition: Obj, version: Obj, shared: Obj) -> _Subject:
    spec, names = definition["spec"], definition["spec"]["names"]
    collection, item = (shared["paths"][f"{_DESCRIBED}{rest}"] for rest in ("", "/{name}"))
    described = [
        *collection["get"]["parameters"],
        *collection["post"]["parameters"],
        *item["delete"]["parameters"],
        *item["parameters"],
    ]
    return _Subject(
        group=spec["group"],
        version=version["name"],
        kind=names["kind"],
        namespaced=spec["scope"] == "Namespaced",
        schema=schema_name(definition, version, names["kind"]),
        list_schema=schema_name(definition, version, names["listKind"]),
        parameters={each["name"]: each for each in described},
        of_patches={each["name"]: each for each in item["patch"]["parameters"]},
    )


def _path(subject: _Subject, operations: Obj, in_path: Iterable[str]) -> Obj:
    parameters = [_parameter(subject, name) for name in (*in_path, "pretty")]
    return {**operations, "parameters": parameters}


def _of_all_namespaces(subject: _Subject) -> Obj:
    """Returns the path that lists all namespaces.

    It has one operation only. Its parameters belong to the path, not to the operation.
    """
    parts = _camel_case(subject.group), _camel_case(subject.version), _camel_case(subject.kind)
    operation = _operation(subject, _LIST)
    operation["operationId"] = f"list{''.join(parts)}ForAllNamespaces"
    del operation["parameters"]
    names = sorted((*_LISTING, "pretty"))
    return {"get": operation, "parameters": [_parameter(subject, name) for name in names]}


def _parameter(subject: _Subject, name: str) -> Obj:
    found = subject.parameters[name]
    return {**found, "description": f"name of the {subject.kind}"} if name == "name" else found


def _operations(subject: _Subject, actions: Iterable[_Action], sub: str = "") -> Obj:
    return {action.method: _operation(subject, action, sub) for action in actions}


def _operation(subject: _Subject, action: _Action, sub: str = "") -> Obj:
    described = subject.of_patches if action is _PATCH else subject.parameters
    content = {"content": _content(_answered(subject, action, sub))}
    answers = [("200", "OK"), *action.further]
    return {
        "tags": [f"{_camel_case(subject.group, upper=False)}_{subject.version}"],
        "description": _description(subject, action, sub),
        "operationId": _operation_id(subject, action, sub),
        "parameters": [described[name] for name in action.parameters],
        **_body(subject, action, sub),
        "responses": {
            **{code: {"description": text, **content} for code, text in answers},
            "401": {"description": "Unauthorized"},
        },
        "x-kubernetes-action": action.name,
        "x-kubernetes-group-version-kind": {
            "group": subject.group,
            "version": subject.version,
            "kind": subject.kind,
        },
    }


def _operation_id(subject: _Subject, action: _Action, sub: str) -> str:
    verb, what = action.verb, ""
    if verb == "deletecollection":
        verb, what = "delete", "Collection"
    scope = "Namespaced" if subject.namespaced else ""
    name = f"{what}{scope}{subject.kind}{sub.capitalize()}"
    names = (subject.group, subject.version, name)
    return verb + "".join(_camel_case(each) for each in names)


def _camel_case(text: str, *, upper: bool = True) -> str:
    """Returns `my-group.example.com` as MyGroupExampleCom; `.k8s.io` is left out."""
    found = ""
    for at, letter in enumerate(text.replace(".k8s.io", "")):
        if letter.isalpha() or letter == "_" or (at and letter.isdigit()):
            found += letter.upper() if upper else letter
            upper = False
        else:
            upper = True
    return found


def _description(subject: _Subject, action: _Action, sub: str) -> str:
    of, kind = f" {sub} of" if sub else "", subject.kind
    match action.verb:
        case "list":
            return f"list objects of kind {kind}"
        case "create" | "delete":
            return f"{action.verb}{_article(kind)} {kind}"
        case "deletecollection":
            return f"delete collection of {kind}"
        case "patch":
            return f"partially update{of} the specified {kind}"
    return f"{action.verb}{of} the specified {kind}"


def _article(noun: str) -> str:
    if noun.endswith("s") and not noun.endswith("ss"):
        return ""
    return " an" if noun[0] in _VOWELS else " a"


def _answered(subject: _Subject, action: _Action, sub: str) -> str:
    """Returns the name of the schema of the answer."""
    if action.name == "list":
        return subject.list_schema
    if action.method == "delete":
        return f"{META}.Status"
    return _SCALE if sub == "scale" else subject.schema


def _body(subject: _Subject, action: _Action, sub: str) -> Obj:
    if action is _DELETE:
        return {"requestBody": {"content": _content(f"{META}.DeleteOptions")}}
    if action is _PATCH:
        content = _content(f"{META}.Patch", _PATCH_TYPES)
    elif action.name in ("post", "put"):
        content = _content(_answered(subject, action, sub))
    else:
        return {}
    return {"requestBody": {"content": content, "required": True}}


def _content(schema: str, media_types: Iterable[str] = _TYPES) -> dict[str, Any]:
    return {media_type: {"schema": ref(schema)} for media_type in media_types}
