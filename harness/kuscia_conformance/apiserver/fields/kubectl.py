"""The exception for the manager `kubectl`: it takes over from its client-side apply.

Client-side apply stores its configuration in an annotation. When a user changes to server-side
apply, kubectl owns the fields in that configuration, and may change them without a conflict. As
long as the annotation exists it is kept up to date, so that the user can go back.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.fields.checking import faults
from kuscia_conformance.apiserver.fields.sets import Fields, difference
from kuscia_conformance.apiserver.fields.walks import as_given, changes, fields_of
from kuscia_conformance.kube.objects import Obj

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_MAX_BYTES: Final = 256 * 1024


def allowed_by_last_applied(live: Obj, type: Type, api_version: str) -> Fields:
    """Returns the fields that client-side apply has set and that are unchanged since.

    Returns an empty set without an annotation, and if the annotation cannot be read, or its
    configuration is of another version or does not fit the type.
    """
    last = _loaded(_annotation(live))
    if not isinstance(last, dict) or last.get("apiVersion") != api_version or faults(last, type):
        return {}
    changed, removed = changes(last, live, type, as_given)
    return difference(difference(fields_of(last, type), changed), removed)


def update_last_applied(obj: Obj, config: Obj) -> None:
    """Sets the annotation of `obj` to the applied configuration, in place.

    An object without the annotation does not get one. The annotation is removed if all annotations
    together would be larger than 256 KiB.
    """
    if not _annotation(obj):
        return
    annotations = obj["metadata"]["annotations"]
    annotations[LAST_APPLIED] = _text(config)
    size = sum(len(f"{key}{value}".encode()) for key, value in annotations.items())
    if size > _MAX_BYTES:
        del annotations[LAST_APPLIED]


def _text(config: Obj) -> str:
    metadata: Obj = config.get("metadata") or {}
    annotations = metadata.get("annotations")
    if annotations and LAST_APPLIED in annotations:
        kept = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
        config = {**config, "metadata": {**metadata, "annotations": kept}}
    text = orjson.dumps(config, option=orjson.OPT_SORT_KEYS).decode()
    for sign, escape in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(sign, escape)
    return text + "\n"


def _annotation(obj: Obj) -> Any:
    return (obj.get("metadata", {}).get("annotations") or {}).get(LAST_APPLIED)


def _loaded(text: Any) -> Any:
    try:
        return orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return None
