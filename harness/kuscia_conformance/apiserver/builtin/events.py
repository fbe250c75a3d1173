"""Events, which have two versions.

The store has the version of the core group (`v1`). `events.k8s.io/v1` has other names for the same
fields, and stricter rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    invalid_value,
    required,
)
from kuscia_conformance.apiserver.builtin.metadata import IMMUTABLE, invalid_all
from kuscia_conformance.apiserver.builtin.names import qualified_name
from kuscia_conformance.apiserver.builtin.structs import invalid_struct
from kuscia_conformance.kube.objects import Obj

#: The fields that have different names: in events.k8s.io/v1, and in v1.
_NAMES: Final = {
    "regarding": "involvedObject",
    "note": "message",
    "reportingController": "reportingComponent",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
}
_OLD_NAMES: Final = {old: new for new, old in _NAMES.items()}
_VERSION: Final = "events.k8s.io/v1"
#: Fields that an event of v1 always has, with their empty values.
_ALWAYS: Final[Mapping[str, Any]] = {
    "firstTimestamp": None,
    "lastTimestamp": None,
    "eventTime": None,
    "reportingComponent": "",
    "reportingInstance": "",
}
#: Fields that an event of events.k8s.io/v1 has only if they are not empty.
_OMITTED: Final = ("reportingController", "reportingInstance")
_REFERENCE: Final = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion")
_REFERENCE_FIELDS: Final = (*_REFERENCE, "fieldPath")
#: Fields that cannot be changed in events.k8s.io/v1, by their names in v1.
_FIXED: Final = (
    "involvedObject",
    "reason",
    "message",
    "source",
    "firstTimestamp",
    "lastTimestamp",
    "count",
    "type",
    "eventTime",
    "action",
    "related",
    "reportingComponent",
    "reportingInstance",
)


class EventStrategy(Strategy):
    """The strategy of events in the core group (v1)."""

    counts_generations = False
    selectable = (
        *(f"involvedObject.{key}" for key in _REFERENCE_FIELDS),
        "reason",
        "reportingComponent",
        "source",
        "type",
    )

    def default(self, obj: Obj, _context: Context) -> None:
        for key in ("source", "involvedObject"):
            if obj.get(key) is None:
                obj[key] = {}

    def prepare_create(self, obj: Obj, _context: Context) -> None:
        default_event(obj)

    def prepare_update(self, obj: Obj, _old: Obj, _sub: str, _context: Context) -> None:
        default_event(obj)

    def validate(self, obj: Obj, _old: Obj | None, _sub: str) -> list[FieldError]:
        return list(_validate(obj, "reportingComponent"))

    def fields(self, obj: Obj) -> Mapping[str, str]:
        return _fields(obj)


class NewEventStrategy(Strategy):
    """The strategy of events in events.k8s.io/v1, which are stored as v1."""

    counts_generations = False
    selectable = (
        *(f"regarding.{key}" for key in _REFERENCE_FIELDS),
        "reason",
        "reportingController",
        "type",
    )

    def prepare_create(self, obj: Obj, _context: Context) -> None:
        _default_new_event(obj)

    def prepare_update(self, obj: Obj, _old: Obj, _sub: str, _context: Context) -> None:
        _default_new_event(obj)

    def validate(self, obj: Obj, old: Obj | None, _sub: str) -> list[FieldError]:
        event = self.to_stored(obj)
        causes = list(_validate(event, "reportingController"))
        if old is None:
            return [*causes, *_validate_strictly(event)]
        return [*causes, *_series(event), *_changed(event, self.to_stored(old))]

    def fields(self, obj: Obj) -> Mapping[str, str]:
        return _fields(obj)

    def to_stored(self, obj: Obj) -> Obj:
        """Returns the event as v1, with the fields that v1 always has."""
        event = {_NAMES.get(key, key): value for key, value in obj.items()}
        event["apiVersion"] = "v1"
        default_event(event)
        return event

    def from_stored(self, obj: Obj) -> Obj:
        """Returns a stored event as events.k8s.io/v1, without fields that are empty there."""
        event = {_OLD_NAMES.get(key, key): value for key, value in obj.items()}
        event["apiVersion"] = _VERSION
        for key in _OMITTED:
            if not event.get(key):
                event.pop(key, None)
        return event


def _default_new_event(event: Obj) -> None:
    for key in ("eventTime", "deprecatedFirstTimestamp", "deprecatedLastTimestamp"):
        event.setdefault(key, None)
    if event.get("deprecatedSource") is None:
        event["deprecatedSource"] = {}


def default_event(event: Obj) -> None:
    """Sets the fields that Go always writes in an event of v1."""
    for key, value in _ALWAYS.items():
        event.setdefault(key, value)
    for key in ("source", "involvedObject"):
        if event.get(key) is None:
            event[key] = {}


def _fields(event: Obj) -> dict[str, str]:
    """Returns what field selectors can select by, for both versions; `event` is as stored (v1)."""
    about, component = event.get("involvedObject") or {}, event.get("reportingComponent", "")
    return {
        **{f"involvedObject.{key}": about.get(key, "") for key in _REFERENCE_FIELDS},
        **{f"regarding.{key}": about.get(key, "") for key in _REFERENCE_FIELDS},
        "reason": event.get("reason", ""),
        "reportingComponent": component,
        "reportingController": component,
        "source": (event.get("source") or {}).get("component", "") or component,
        "type": event.get("type", ""),
    }


def _validate(event: Obj, controller: str) -> Iterator[FieldError]:
    yield from _namespace(event)
    if event.get("eventTime"):
        yield from _reporting(event, controller)


def _namespace(event: Obj) -> Iterator[FieldError]:
    """Checks that an event is in the namespace of the object that it is about.

    An event about a cluster-scoped object is in `default`; without eventTime it may have no
    namespace, with eventTime it may be in `kube-system`. As in Kubernetes, the two namespaces are
    not compared if there is an eventTime.
    """
    namespace = event["metadata"].get("namespace", "")
    about = event["involvedObject"].get("namespace", "")
    timed = bool(event.get("eventTime"))
    elsewhere = ("default", "kube-system") if timed else ("", "default")
    if namespace not in ((about, *elsewhere) if not about else (about,)) and not (about and timed):
        field = "involvedObject.namespace"
        yield invalid_value(field, about, "does not match event.namespace")


def _reporting(event: Obj, controller: str) -> Iterator[FieldError]:
    name = event["reportingComponent"]
    if not name:
        yield required(controller)
    yield from invalid_all(controller, name, qualified_name(name))
    for key in ("reportingInstance", "action", "reason"):
        if not event.get(key):
            yield required(key)
        elif len(event[key]) > 128:
            yield invalid_value(key, "", "can have at most 128 characters")
    if len(event.get("message") or "") > 1024:
        yield invalid_value("message", "", "can have at most 1024 characters")


def _changed(event: Obj, old: Obj) -> Iterator[FieldError]:
    for key in _FIXED:
        if event.get(key) != old.get(key):
            value = event.get(key)
            if key in ("involvedObject", "related"):
                yield invalid_struct(key, _go_reference(value), IMMUTABLE)
            else:
                field = "reportingController" if key == "reportingComponent" else key
                yield invalid_value(field, value, IMMUTABLE)


def _go_reference(reference: Obj | None) -> Obj | None:
    """Returns the reference as Kubernetes prints it: all its fields, under Go's names."""
    names = {"uid": "UID", "apiVersion": "APIVersion"}
    return reference and {
        names.get(key, key[0].upper() + key[1:]): reference.get(key, "")
        for key in _REFERENCE_FIELDS
    }


def _series(event: Obj) -> Iterator[FieldError]:
    series = event.get("series")
    if series is not None and series.get("count", 0) < 2:
        yield invalid_value("series.count", "", "should be at least 2")
    if series is not None and not series.get("lastObservedTime"):
        yield required("series.lastObservedTime")


def _validate_strictly(event: Obj) -> Iterator[FieldError]:
    """Checks what only events.k8s.io/v1 demands, of a new event."""
    yield from _series(event)
    if not event.get("eventTime"):
        yield required("eventTime")
    if event.get("type") not in ("Normal", "Warning"):
        yield invalid_value("type", "", f"has invalid value: {event.get('type', '')}")
    for key in ("firstTimestamp", "lastTimestamp", "count", "source"):
        if event.get(key):
            yield invalid_value(key, "", "needs to be unset")
