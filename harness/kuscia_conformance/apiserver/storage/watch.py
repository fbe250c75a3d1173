"""Watches: every change that concerns a selection, once and in order, from a version on.

A watch is a place in its collection's log. It is told of changes by waking up and reading on, so
that none can be lost or come twice; one that has fallen behind what the log holds ends with 410.
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

#: Seconds between bookmarks, as real servers send them; how long before the end of a watch its last
#: one comes; and how long a watch lasts that names no time of its own.
BOOKMARK_EVERY, BOOKMARK_BEFORE_END, LONGEST = 60.0, 2.0, 1800.0
INITIAL_EVENTS_END = "k8s.io/initial-events-end"

#: How an event goes out: its type and object, as a line of JSON.
Render = Callable[[str, Stored], bytes]


@dataclass(frozen=True)
class WatchOptions:
    """Of a watch."""

    #: Whether it begins with what there is, told as ADDED.
    tells_all: bool
    #: After which version; None: from now on.
    version: int | None
    bookmarks: bool
    seconds: float


def watch_options(request: Request) -> WatchOptions:
    """StatusError (400, 422) for parameters that make no sense."""
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
    """The lines of a watch, until its time is over. Each piece holds whole lines."""
    position = collection.dropped + len(collection.log)
    if options.tells_all:
        yield b"".join(_initial(collection, selected, render))
        # It says that all there is has been told, also to whom has not asked for that.
        if options.bookmarks:
            yield bookmark(store.version, True)
    try:
        if options.version is not None:
            position = collection.position(options.version)
        async for changes in _changes(collection, position, options):
            if changes is not None:
                yield b"".join(_lines(changes, selected, render, options.version or 0))
            elif options.bookmarks:
                yield bookmark(store.version, False)
    except StatusError as refusal:
        yield error_line(refusal)


async def _changes(
    collection: Collection, position: int, options: WatchOptions
) -> AsyncGenerator[list[Change] | None, None]:
    """The changes as they come, some at a time; None when a bookmark is due."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + options.seconds
    due = _next_bookmark(loop.time(), ends)
    while loop.time() < ends:
        changes = collection.since(position)
        position += len(changes)
        if changes:
            yield changes
        if not await _woken(collection, position, min(due, ends)) and loop.time() >= due:
            due = _next_bookmark(loop.time(), ends)
            yield None


def _next_bookmark(now: float, ends: float) -> float:
    last = ends - BOOKMARK_BEFORE_END
    return min(now + BOOKMARK_EVERY, last) if now < last else now + BOOKMARK_EVERY


async def _woken(collection: Collection, position: int, moment: float) -> bool:
    """Wait for the next change; False if the moment comes before."""
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
    """What has left a selection is told as it was in it, with the version of its leaving."""
    if change.old is None:
        return change.new
    obj = change.old.object()
    obj["metadata"]["resourceVersion"] = str(change.version)
    return replace(change.old, version=change.version, body=orjson.dumps(obj))


def _seen_as(change: Change, selected: Selection) -> str:
    """What a change is to who sees only a selection; "" if nothing."""
    is_in = change.type != "DELETED" and selected(change.new)
    was_in = change.old is not None and selected(change.old)
    if is_in:
        return "MODIFIED" if was_in else "ADDED"
    return "DELETED" if was_in else ""


def line(type_: str, obj: Obj) -> bytes:
    return orjson.dumps({"type": type_, "object": obj}) + b"\n"


def error_line(refusal: StatusError) -> bytes:
    return line("ERROR", refusal.status)


def raw_line(type_: str, body: bytes) -> bytes:
    return b'{"type":"' + type_.encode() + b'","object":' + body + b"}\n"
