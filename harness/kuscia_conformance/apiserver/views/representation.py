"""Writes objects in the form that the client accepts.

`view` reads the Accept header and returns a `View`, which turns stored objects into answers:

| class         | what the client gets                                                       |
| ------------- | -------------------------------------------------------------------------- |
| `View`        | whole objects; as JSON, stored bytes are sent without decoding if possible |
| `PartialView` | PartialObjectMetadata, or a list of them                                   |
| `TableView`   | a Table, as `kubectl get` prints it                                        |

`View.lines` returns a `Lines`, which makes the lines of one watch. All methods take the current
time (`now`), because tables show ages. In `lines`, `now` is a function that returns the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.request import JSON, Answer, Request
from kuscia_conformance.apiserver.storage.list import (
    Page,
    in_version,
    in_version_object,
    list_body,
)
from kuscia_conformance.apiserver.storage.store import Stored
from kuscia_conformance.apiserver.storage.watch import INITIAL_EVENTS_END, line, raw_line
from kuscia_conformance.apiserver.views.accept import ROUTED, ROUTED_LISTS, Accepted, negotiate
from kuscia_conformance.apiserver.views.partial import (
    no_list,
    not_one_object,
    partial,
    partial_list,
)
from kuscia_conformance.apiserver.views.tables import Include, TableOptions, included, table
from kuscia_conformance.kube.objects import Obj

Now = Callable[[], datetime]


def view(target: Target, request: Request) -> View:
    """Returns the view that the Accept header asks for.

    Raises StatusError: 406 if the server supports no form that the client accepts, 400 if a Table
    is asked for with an invalid includeObject.
    """
    accepted = negotiate(request.accept, routed=_routed(target))
    if accepted.kind == "Table":
        return TableView(target.kind, accepted, included(request.query.get("includeObject", "")))
    if accepted.kind:
        return PartialView(target.kind, accepted)
    return View(target.kind, accepted)


def _routed(target: Target) -> Sequence[str]:
    """Returns the media types that the router knows for this path; empty for custom kinds."""
    if target.kind.is_custom:
        return ()
    return ROUTED_LISTS if target.is_collection and "watch" in target.kind.verbs else ROUTED


@dataclass
class View:
    """The view for whole objects, and the base of the other views."""

    kind: Kind
    accepted: Accepted

    def one(self, stored: Stored, now: datetime) -> Answer:
        """Returns the answer for one stored object (200)."""
        return self._answer(in_version(self.kind, stored) + b"\n")

    def page(self, page: Page, now: datetime) -> Answer:
        """Returns the answer for a list, or for one page of it (200)."""
        return self._answer(list_body(self.kind, page))

    def obj(self, obj: Obj, code: int, now: datetime) -> Answer:
        """Returns the answer for an object, stored or not; `code` is the HTTP status."""
        return self._answer(orjson.dumps(obj) + b"\n", code)

    def event(self, stored: Stored, now: datetime, *, first: bool) -> bytes:
        """Returns the `object` field of a watch event, as JSON.

        `first` is true for the first event of a watch.
        """
        return in_version(self.kind, stored)

    def bookmark(self, obj: Obj, now: datetime, *, first: bool) -> Obj:
        """Returns a bookmark's `object` field; `obj` has only apiVersion, kind and metadata."""
        return obj

    @property
    def stream_type(self) -> str:
        return JSON

    def lines(self, now: Now) -> Lines:
        return Lines(self, now)

    def _answer(self, body: bytes, code: int = 200) -> Answer:
        if self.accepted.media_type != JSON:
            body = _yaml(body)
        return Answer(code, body, self.accepted.media_type)


@dataclass
class Lines:
    """Makes the lines of one watch, one JSON event each. Remembers if the first one was made."""

    view: View
    now: Now
    _first: bool = field(default=True)

    def event(self, type_: str, stored: Stored) -> bytes:
        body = self.view.event(stored, self.now(), first=self._first)
        self._first = False
        return raw_line(type_, body)

    def bookmark(self, version: int, ends_initial: bool) -> bytes:
        """Returns a BOOKMARK event.

        If `ends_initial` is true, the bookmark says that all initial events have been sent.
        """
        metadata: Obj = {"resourceVersion": str(version)}
        if ends_initial:
            metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
        kind = self.view.kind
        obj = {"kind": kind.name, "apiVersion": kind.api_version, "metadata": metadata}
        bookmark = self.view.bookmark(obj, self.now(), first=self._first)
        self._first = False
        return line("BOOKMARK", bookmark)


class PartialView(View):
    """The view for metadata alone.

    `page` raises StatusError if the client asks for PartialObjectMetadata; `one` and `obj` do if it
    asks for PartialObjectMetadataList. Watch events are not checked.
    """

    def one(self, stored: Stored, now: datetime) -> Answer:
        return self.obj(in_version_object(self.kind, stored), 200, now)

    def obj(self, obj: Obj, code: int, now: datetime) -> Answer:
        if self.accepted.kind != "PartialObjectMetadata":
            raise no_list(self.kind)
        return self._answer(orjson.dumps(partial(obj, self.accepted.api_version)), code)

    def page(self, page: Page, now: datetime) -> Answer:
        if self.accepted.kind == "PartialObjectMetadata":
            raise not_one_object(self.kind)
        objects = (in_version_object(self.kind, stored) for stored in page.items)
        found = partial_list(objects, page.metadata, self.accepted.api_version)
        return self._answer(orjson.dumps(found))

    def event(self, stored: Stored, now: datetime, *, first: bool) -> bytes:
        obj = in_version_object(self.kind, stored)
        return orjson.dumps(partial(obj, self.accepted.api_version))

    def bookmark(self, obj: Obj, now: datetime, *, first: bool) -> Obj:
        return partial(obj, self.accepted.api_version)


@dataclass
class TableView(View):
    """The view for Tables. In a watch only the first event has the column definitions."""

    include: Include = "Metadata"

    def one(self, stored: Stored, now: datetime) -> Answer:
        return self.obj(in_version_object(self.kind, stored), 200, now)

    def obj(self, obj: Obj, code: int, now: datetime) -> Answer:
        metadata = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
        return self._answer(orjson.dumps(self._table([obj], metadata, now)), code)

    def page(self, page: Page, now: datetime) -> Answer:
        objects = [in_version_object(self.kind, stored) for stored in page.items]
        return self._answer(orjson.dumps(self._table(objects, page.metadata, now)))

    def event(self, stored: Stored, now: datetime, *, first: bool) -> bytes:
        obj = in_version_object(self.kind, stored)
        metadata = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
        return orjson.dumps(self._table([obj], metadata, now, with_columns=first))

    def bookmark(self, obj: Obj, now: datetime, *, first: bool) -> Obj:
        metadata = {"resourceVersion": obj["metadata"]["resourceVersion"]}
        return self._table([obj], metadata, now, with_columns=first)

    def _table(
        self, objects: list[Obj], metadata: Obj, now: datetime, *, with_columns: bool = True
    ) -> Obj:
        options = TableOptions(self.include, with_columns, self.accepted.api_version)
        return table(self.kind, objects, now, metadata, options)


def _yaml(body: bytes) -> bytes:
    import yaml

    return yaml.safe_dump(orjson.loads(body), sort_keys=True).encode()
