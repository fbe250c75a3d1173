"""Watches: every change of a selection after a version, in order, each exactly once.

A watch is a position in the log of its collection. A change only wakes the watch, and the watch
then reads the log from its position on. So no change can be lost or sent twice. If the log no
longer reaches back to the position, the watch ends with an ERROR event (410).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, replace

import orjson

from kuscia_conformance.apiserver.apimachinery.request import Request
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    StatusError,
    forbidden_field,
    invalid,
    not_supported,
)
from kuscia_conformance.apiserver.storage.list import Selection, version_asked
from kuscia_conformance.apiserver.storage.store import Change, Collection, Store, Stored
from kuscia_conformance.kube.objects import Obj

#: In seconds: the time between bookmarks, as in kube-apiserver; how long before the end of a watch
#: its last bookmark comes; how long a watch lasts without the parameter timeoutSeconds.
BOOKMARK_EVERY, BOOKMARK_BEFORE_END, LONGEST = 60.0, 2.0, 1800.0
INITIAL_EVENTS_END = "k8s.io/initial-events-end"

#: Turns an event's type and object into a line of JSON.
Render = Callable[[str, Stored], bytes]


@dataclass(frozen=True)
class WatchOptions:
    """The options of a watch."""

    #: Whether the watch begins with an ADDED event for each existing object.
    tells_all: bool
    #: The version after which changes are sent; None: from now on.
    version: int | None
    bookmarks: bool
    seconds: float
    #: Whether the watch has to end now (`outage`).
    is_cut: Callable[[], bool] = lambda: False


def watch_options(request: Request) -> WatchOptions:
    """Reads the options of a watch from the request's parameters.

    Raises StatusError: 422 for a wrong combination of parameters, 400 for a timeoutSeconds and 500
    for a resourceVersion that is not a number.
    """
    query = request.query
    match, initial = query.get("resourceVersionMatch", ""), query.get("sendInitialEvents")
    causes: list[FieldError] = []
    if initial is not None and match != "NotOlderThan":
        why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        causes.append(forbidden_field("resourceVersionMatch", why))
    if match and initial is None:
        why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        causes.append(forbidden_field("resourceVersionMatch", why))
    if match and match != "NotOlderThan":
        causes.append(not_supported("resourceVersionMatch", match, ["NotOlderThan"]))
    if causes:
        raise invalid("meta.k8s.io", "ListOptions", "", causes)
    version = version_asked(request)
    wants_initial = request.flag("sendInitialEvents")
    tells_all = wants_initial or (initial is None and not version)
    return WatchOptions(
        tells_all,
        None if tells_all else version or None,
        request.flag("allowWatchBookmarks"),
        request.number("timeoutSeconds") or LONGEST,
    )


async def watch(
    store: Store,
    collection: Collection,
    selected: Selection,
    options: WatchOptions,
    render: Render,
    bookmark: Callable[[int, bool], bytes],
) -> AsyncGenerator[bytes, None]:
    """Yields the events of a watch, until its time is over or it is cut. Items hold whole lines.

    `render` and `bookmark` turn an object and a bookmark into a line. An error on the way, such as
    410, is sent as an ERROR event, and ends the watch.
    """
    position = collection.dropped + len(collection.log)
    if options.tells_all:
        yield b"".join(_initial(collection, selected, render))
        # This bookmark marks the end of the existing objects. Kubernetes sends it even to clients
        # that have not set sendInitialEvents.
        if options.bookmarks:
            yield bookmark(store.version, True)
    try:
        if options.version is not None:
            position = collection.position(options.version)
        async for changes in _changes(collection, position, options):
            if changes is not None:
                lines = b"".join(_lines(changes, selected, render, options.version or 0))
            else:
                lines = bookmark(store.version, False) if options.bookmarks else b""
            # Nothing is sent of changes that the watch does not see: it would wake the client.
            if lines:
                yield lines
    except StatusError as refusal:
        yield error_line(refusal)


async def _changes(
    collection: Collection, position: int, options: WatchOptions
) -> AsyncGenerator[list[Change] | None, None]:
    """Yields the changes as they come, in batches, and None when a bookmark is due."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + options.seconds
    due = _next_bookmark(loop.time(), ends)
    while loop.time() < ends and not options.is_cut():
        changes = collection.since(position)
        position += len(changes)
        if changes:
            yield changes
        # A timer may fire a moment early, by the resolution of the clock; it counts all the same.
        if not await _woken(collection, position, min(due, ends)):
            if ends <= due:
                return
            due = _next_bookmark(due, ends)
            yield None


def _next_bookmark(now: float, ends: float) -> float:
    last = ends - BOOKMARK_BEFORE_END
    return min(now + BOOKMARK_EVERY, last) if now < last else now + BOOKMARK_EVERY


async def _woken(collection: Collection, position: int, moment: float) -> bool:
    """Waits for the next change. Returns False if the moment comes first."""
    try:
        async with asyncio.timeout_at(moment):
            await collection.wait(position)
    except TimeoutError:
        return False
    return True


def _initial(collection: Collection, selected: Selection, render: Render) -> Iterator[bytes]:
    for stored in collection.in_namespace(selected.namespace):
        if selected(stored):
            yield render("ADDED", stored)


def _lines(
    changes: list[Change], selected: Selection, render: Render, after: int
) -> Iterator[bytes]:
    for change in changes:
        if change.version > after and (type_ := _seen_as(change, selected)):
            left = type_ == "DELETED" and change.type != "DELETED"
            yield render(type_, _as_it_was(change) if left else change.new)


def _as_it_was(change: Change) -> Stored:
    """Returns the last version of an object that was in the selection, for its DELETED event.

    Its resourceVersion is that of the change by which it left the selection.
    """
    if change.old is None:
        return change.new
    obj = change.old.object()
    obj["metadata"]["resourceVersion"] = str(change.version)
    return replace(change.old, version=change.version, body=orjson.dumps(obj))


def _seen_as(change: Change, selected: Selection) -> str:
    """Returns the type that a change has for a watch of this selection.

    Returns "" if the watch does not see the change.
    """
    is_in = change.type != "DELETED" and selected(change.new)
    was_in = change.old is not None and selected(change.old)
    if is_in:
        return "MODIFIED" if was_in else "ADDED"
    return "DELETED" if was_in else ""


def line(type_: str, obj: Obj) -> bytes:
    """Returns an event as one line of JSON."""
    return orjson.dumps({"type": type_, "object": obj}) + b"\n"


def error_line(refusal: StatusError) -> bytes:
    return line("ERROR", refusal.status)


def raw_line(type_: str, body: bytes) -> bytes:
    """Returns an event as one line of JSON, from an object that is already encoded."""
    return b'{"type":"' + type_.encode() + b'","object":' + body + b"}\n"
