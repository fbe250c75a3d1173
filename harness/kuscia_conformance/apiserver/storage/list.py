"""Reading: lists, whole or page by page, and objects in the version that the client asks for.

A continue token names the version of the first page and the last key that was read. Later pages
show the collection at that version, as in Kubernetes, rebuilt from the log of changes.
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson

from kuscia_conformance.apiserver.apimachinery.kinds import Kind
from kuscia_conformance.apiserver.apimachinery.registry import Target
from kuscia_conformance.apiserver.apimachinery.request import Request
from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    StatusError,
    bad_request,
    expired,
    forbidden_field,
    invalid,
    not_supported,
)
from kuscia_conformance.apiserver.storage.selectors import (
    Matches,
    everything,
    fields_match,
    labels_match,
)
from kuscia_conformance.apiserver.storage.store import Collection, Key, Store, Stored
from kuscia_conformance.kube.objects import Obj


@dataclass(frozen=True)
class Selection:
    """The objects of a collection that a request selects. Call it to test one object."""

    namespace: str
    labels: Matches
    fields: Matches

    def __call__(self, stored: Stored) -> bool:
        return (
            (not self.namespace or stored.namespace == self.namespace)
            and self.labels(stored.labels)
            and self.fields(stored.fields)
        )


#: The fields by which objects of every kind can be selected.
_ALWAYS = ("metadata.name", "metadata.namespace")


def selection(target: Target, request: Request) -> Selection:
    """Returns what the request selects: by the target's namespace and name, and by selectors.

    Raises StatusError (400) if a selector cannot be parsed or names an unknown field.
    """
    query = request.query
    fields = query.get("fieldSelector", "")
    if target.name:
        fields = f"metadata.name={target.name}"
    known = (*_ALWAYS, *target.kind.strategy.selectable)
    is_own = target.kind.is_custom or len(known) > len(_ALWAYS)
    matches = fields_match(fields, known, is_own) if fields else everything
    return Selection(target.namespace, labels_match(query.get("labelSelector", "")), matches)


@dataclass(frozen=True)
class Page:
    """One page of a list.

    `continues` is the token for the next page, "" on the last one. `remaining` is the number of
    objects after this page; it is None on the last page, and if a selector filters the list.
    """

    items: Sequence[Stored]
    version: int
    continues: str = ""
    remaining: int | None = None

    @property
    def metadata(self) -> Obj:
        """The metadata of the list in the answer."""
        metadata: Obj = {"resourceVersion": str(self.version)}
        if self.continues:
            metadata["continue"] = self.continues
        if self.remaining:
            metadata["remainingItemCount"] = self.remaining
        return metadata


def read_page(store: Store, target: Target, request: Request) -> Page:
    """Returns the page that the request asks for.

    Raises StatusError: 400 or 422 for wrong parameters, 410 if the log does not reach back to the
    version, 504 if the version is in the future.
    """
    _check_list_options(request)
    selected = selection(target, request)
    limit = max(request.number("limit") or 0, 0)
    token = request.query.get("continue", "")
    collection = store.collection(target.kind.key)
    version, start = _start(store, collection, request, token)
    items = _items(collection, store, version, target.namespace)
    if start is not None:
        items = (stored for stored in items if stored.key > start)
    found = (stored for stored in items if selected(stored))
    if not limit:
        return Page(list(found), version)
    page = list(islice(found, limit))
    rest = sum(1 for _ in found)
    if not rest:
        return Page(page, version)
    is_filtered = bool({"labelSelector", "fieldSelector"} & request.query.keys())
    return Page(page, version, _token(version, page[-1].key), None if is_filtered else rest)


def _start(
    store: Store, collection: Collection, request: Request, token: str
) -> tuple[int, Key | None]:
    """Returns the version of the list, and the key after which the page begins."""
    if token:
        if request.query.get("resourceVersion", "0") not in ("", "0"):
            raise bad_request("specifying resource version is not allowed when using continue")
        version, start = _read_token(token)
        if version < 0:
            return store.version, start
        require_reached(version, store.version)
        if version < collection.compacted:
            raise expired(
                "The provided continue parameter is too old to display a consistent list result. "
                "You can start a new list without the continue parameter."
            )
        return version, start
    try:
        asked = version_asked(request)
    except StatusError as refusal:
        raise bad_request(f"invalid resource version: {refusal.message}") from None
    require_reached(asked, store.version)
    match = request.query.get("resourceVersionMatch")
    # With a limit but without resourceVersionMatch, Kubernetes lists exactly that version.
    if asked and (match == "Exact" or (not match and (request.number("limit") or 0) > 0)):
        return asked, None
    return store.version, None


def _items(collection: Collection, store: Store, version: int, namespace: str) -> Iterable[Stored]:
    if version == store.version:
        return collection.in_namespace(namespace)
    then = collection.at(version)
    return [then[key] for key in sorted(then) if not namespace or key[0] == namespace]


def version_asked(request: Request) -> int | None:
    """Returns the resourceVersion parameter, or None if it is absent.

    Raises StatusError (500) if it is not a number of 64 bits.
    """
    text = request.query.get("resourceVersion", "")
    if not text:
        return None
    is_number = text.isascii() and text.isdecimal()
    if not is_number or len(text) > _DIGITS:
        why = "value out of range" if is_number else "invalid syntax"
        # Without a reason, as Kubernetes answers when it does not expect an error.
        raise StatusError(
            500,
            "",
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": {why}',
        )
    return int(text)


def require_reached(version: int | None, current: int) -> None:
    """Raises StatusError (504) if the version is higher than the store's current one."""
    if version is not None and version > current:
        raise too_large(version, current)


def too_large(asked: int, current: int) -> StatusError:
    """Returns the refusal of a version in the future; it asks the client to retry after 1 s."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    details = {"causes": [cause], "retryAfterSeconds": 1}
    return StatusError(504, "Timeout", message, details, {"Retry-After": "1"})


_MATCHES = ("Exact", "NotOlderThan", "")


def _check_list_options(request: Request) -> None:
    query = request.query
    match, version = query.get("resourceVersionMatch", ""), query.get("resourceVersion", "")
    causes: list[FieldError] = []
    if match and not version:
        why = "resourceVersionMatch is forbidden unless resourceVersion is provided"
        causes.append(forbidden_field("resourceVersionMatch", why))
    if match and "continue" in query:
        why = "resourceVersionMatch is forbidden when continue is provided"
        causes.append(forbidden_field("resourceVersionMatch", why))
    if match not in _MATCHES:
        causes.append(not_supported("resourceVersionMatch", match, _MATCHES))
    if match == "Exact" and version == "0":
        why = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
        causes.append(forbidden_field("resourceVersionMatch", why))
    if "sendInitialEvents" in query and not request.flag("watch"):
        why = "sendInitialEvents is forbidden for list"
        causes.append(forbidden_field("sendInitialEvents", why))
    if causes:
        raise invalid("meta.k8s.io", "ListOptions", "", causes)


#: The largest number of digits of a version that fits into 64 bits.
_DIGITS = 19
_ENCODED_IN = "meta.k8s.io/v1"


def _token(version: int, after: Key) -> str:
    """Returns a continue token of the same form as Kubernetes', which clients must not read."""
    key = "/".join(part for part in after if part) + "\x00"
    content = {"v": _ENCODED_IN, "rv": version, "start": key}
    return base64.urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


def _read_token(token: str) -> tuple[int, Key]:
    try:
        padded = token + "=" * (-len(token) % 4)
        content = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        encoded_in, version, start = (content.get(key) for key in ("v", "rv", "start"))
    except (ValueError, AttributeError):
        raise _wrong_token("it was not made by this server") from None
    if encoded_in != _ENCODED_IN:
        raise _wrong_token(f"server does not recognize this encoded version {encoded_in or ''}")
    if version.__class__ is not int or not version:
        raise _wrong_token(f"incorrect encoded start resourceVersion (version {_ENCODED_IN})")
    if not isinstance(start, str) or not start:
        raise _wrong_token(f"encoded start key empty (version {_ENCODED_IN})")
    if posixpath.normpath(f"/{start}") != f"/{start}":
        raise _wrong_token(start)
    namespace, _, name = start.rstrip("\x00").rpartition("/")
    return version, (namespace, name)


def _wrong_token(why: str) -> StatusError:
    return bad_request(f"invalid continue token: continue key is not valid: {why}")


def in_version(kind: Kind, stored: Stored) -> bytes:
    """Returns the object as JSON, in the version of `kind`.

    If the object is stored in that version, the stored bytes are returned without decoding them.
    """
    if kind.stored_as is None and kind.version == (kind.stored_version or kind.version):
        return stored.body
    return orjson.dumps(in_version_object(kind, stored))


def in_version_object(kind: Kind, stored: Stored) -> Obj:
    """Returns a fresh copy of the object, in the version of `kind`."""
    obj = kind.strategy.from_stored(stored.object()) if kind.stored_as else stored.object()
    obj["apiVersion"] = kind.api_version
    return obj


def list_body(kind: Kind, page: Page) -> bytes:
    """Returns the list as JSON, joined from the stored bytes.

    The items of built-in kinds lose kind and apiVersion, as in Kubernetes.
    """
    metadata = {"continue": "", **page.metadata} if kind.is_custom else page.metadata
    head = {
        "kind": kind.list_name or f"{kind.name}List",
        "apiVersion": kind.api_version,
        "metadata": metadata,
    }
    bodies = (in_version(kind, stored) for stored in page.items)
    if not kind.is_custom:
        beginning = orjson.dumps({"kind": kind.name, "apiVersion": kind.api_version})[:-1] + b","
        bodies = (b"{" + body.removeprefix(beginning) for body in bodies)
    return orjson.dumps(head)[:-1] + b',"items":[' + b",".join(bodies) + b"]}\n"
