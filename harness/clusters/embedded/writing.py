"""Creating and changing objects: what all kinds have in common, in the order of a real server.

A body is decoded, defaulted, prepared, validated, and then committed, in one go: nothing here
waits, so that nobody can come between a look and a write. `Writer` is given what it needs
of the server; what a kind does beyond this is its `Strategy`'s or its definition's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import orjson

from harness.clusters.embedded import fields, patching, refusals
from harness.clusters.embedded.builtin.metadata import validate_metadata
from harness.clusters.embedded.kinds import Context, Kind
from harness.clusters.embedded.listing import in_version_object
from harness.clusters.embedded.options import WriteOptions
from harness.clusters.embedded.refusals import Cause, Refusal, bad_request
from harness.clusters.embedded.registry import Target
from harness.clusters.embedded.schema import (
    cannot_be_handled,
    check_types,
    fill_defaults,
    is_too_deep,
    prune,
    strict_refusal,
    unknown_fields,
    unrecognized,
    validate,
)
from harness.clusters.embedded.store import Store, Stored, for_reading
from harness.objects import Obj, time_text

#: generateName's: no vowels, so that no words come out.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX, _LONGEST_PREFIX, _ATTEMPTS = 5, 58, 8
#: What only the server writes into metadata.
SYSTEM_FIELDS = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
                 "generation", "selfLink")  # fmt: skip
#: What of metadata may be there and empty.
_BLANKS = ("labels", "annotations", "finalizers", "ownerReferences")
#: The kinds of which a whole new object may be put over one whose version is not named.
TERMINATING = "is being terminated"


@dataclass
class Written:
    """The object as it was answered, and what the writer is to be warned of."""

    obj: Obj
    warnings: Sequence[str] = ()
    #: Whether it is new; and whether anything was changed that has to be waited for.
    created: bool = False
    committed: bool = True


@dataclass
class Writer:
    """Writes into a store, for requests and for the server's own controllers alike."""

    store: Store
    now: Callable[[], datetime]
    random: Random = field(default_factory=Random)
    #: Looks at each write before it is committed; may change it, or raise a Refusal.
    admit: Callable[[Target, Obj], None] = lambda *_: None

    def context(self) -> Context:
        return Context(self.now(), self.random, self._objects)

    def _objects(self, plural: str) -> Iterator[Obj]:
        for key, collection in self.store.collections.items():
            if key[1] == plural:
                yield from map(for_reading, collection.objects.values())

    def require(self, target: Target) -> Stored:
        """The object that is meant. Refusal (404) if there is none."""
        kind = target.kind
        stored = self.store.get(kind.key, target.namespace, target.name)
        if stored is None:
            raise refusals.not_found(kind.group, kind.plural, target.name)
        return stored

    # creating

    def create(
        self, target: Target, obj: Obj, options: WriteOptions, complaints: Sequence[str] = ()
    ) -> Written:
        kind, metadata = target.kind, _metadata(obj)
        _require_kind(obj, kind)
        self._place(target, metadata)
        if not options.dry_run or kind.namespaced:
            self._require_namespace(target, metadata)
        warnings = _read(kind, obj, options, complaints)
        kind.strategy.default(obj, self.context())
        self._track(kind, None, obj, options, "")
        return self._commit_new(target, obj, options, warnings)

    def _commit_new(
        self, target: Target, obj: Obj, options: WriteOptions, warnings: Sequence[str]
    ) -> Written:
        kind = target.kind
        self._make_new(kind, obj)
        kind.strategy.prepare_create(obj, self.context())
        self.admit(target, obj)
        _require_valid(kind, obj, None, "")
        self._require_free(kind, obj)
        return self._commit(kind, obj, options, warnings, created=True)

    def _place(self, target: Target, metadata: Obj) -> None:
        """Have it in the namespace of the path, under a name of its own."""
        if target.kind.namespaced:
            asked = metadata.get("namespace")
            if asked and target.namespace and asked != target.namespace:
                raise _other_namespace()
            metadata["namespace"] = target.namespace
        else:
            metadata.pop("namespace", None)
        if target.name and target.name != metadata.get("name", target.name):
            raise _other_name(metadata["name"], target.name)
        prefix = metadata.get("generateName")
        if prefix and not metadata.get("name") and isinstance(prefix, str):
            metadata["name"] = self._generated(target, prefix)

    def _generated(self, target: Target, prefix: str) -> str:
        taken = self.store.collection(target.kind.key).objects
        for _ in range(_ATTEMPTS):
            suffix = "".join(self.random.choices(_LETTERS, k=_SUFFIX))
            name = prefix[:_LONGEST_PREFIX] + suffix
            if (target.namespace, name) not in taken:
                break
        return name

    def _require_namespace(self, target: Target, metadata: Obj) -> None:
        if not target.kind.namespaced:
            return
        found = self.store.get(("", "namespaces"), "", target.namespace)
        if found is None:
            raise refusals.not_found("", "namespaces", target.namespace)
        if found.fields.get("status.phase") == "Terminating":
            raise _terminating(target, str(metadata.get("name", "")))

    def _make_new(self, kind: Kind, obj: Obj) -> None:
        metadata = obj["metadata"]
        for name in (*SYSTEM_FIELDS, "resourceVersion"):
            metadata.pop(name, None)
        metadata["uid"] = str(UUID(int=self.random.getrandbits(128), version=4))
        metadata["creationTimestamp"] = time_text(self.now())
        if kind.strategy.counts_generations:
            metadata["generation"] = 1
        if kind.is_custom and kind.has_status:
            obj.pop("status", None)

    def _require_free(self, kind: Kind, obj: Obj) -> None:
        metadata = obj["metadata"]
        if self.store.get(kind.key, metadata.get("namespace") or "", metadata["name"]):
            raise refusals.already_exists(kind.group, kind.plural, metadata["name"])

    # changing

    def replace(
        self, target: Target, obj: Obj, options: WriteOptions, complaints: Sequence[str] = ()
    ) -> Written:
        """Put this object in the place of the one there is."""
        kind, metadata = target.kind, _metadata(obj)
        _require_kind(obj, kind)
        if metadata.get("name", target.name) != target.name:
            raise _other_name(str(metadata["name"]), target.name)
        metadata["name"] = target.name
        if kind.namespaced:
            if metadata.get("namespace", target.namespace) != target.namespace:
                raise _other_namespace()
            metadata["namespace"] = target.namespace
        stored = self.require(target)
        uid = metadata.get("uid")
        if uid and uid != stored.uid:
            raise _another(kind, stored, uid)
        if kind.is_custom and not metadata.get("resourceVersion"):
            cause = refusals.invalid_value(
                "metadata.resourceVersion", 0, "must be specified for an update"
            )
            raise refusals.invalid(kind.group, kind.name, target.name, [cause])
        warnings = _read(kind, obj, options, complaints)
        return self._update(target, stored, obj, options, warnings)

    def patch(self, target: Target, patch: Any, media_type: str, options: WriteOptions) -> Written:
        """Change the object there is as the patch says: JSON, merge or strategic."""
        kind, stored = target.kind, self.require(target)
        new = patching.apply_patch(
            in_version_object(kind, stored),
            patch,
            media_type,
            None if kind.is_custom else kind.type,
        )
        if is_too_deep(new):
            raise bad_request("error applying patch: exceeded max depth")
        patched = orjson.dumps(new)
        new = orjson.loads(patched)
        _require_same_name(target, new)
        try:
            warnings = _read(kind, new, options, ())
        except Refusal as refusal:
            strategic = media_type == patching.STRATEGIC_MERGE_PATCH
            shown = patching.go_text(patch) if strategic else patched.decode()
            raise _of_the_patch(refusal, kind, shown) from None
        return self._update(target, stored, new, options, warnings)

    def apply(
        self, target: Target, config: Obj, options: WriteOptions, complaints: Sequence[str] = ()
    ) -> Written:
        """Server-side apply; creates what is not there."""
        kind = target.kind
        _require_kind(config, kind)
        _require_applicable(target, _metadata(config))
        warnings = _complain(kind, complaints, (), options)
        stored = self.store.get(kind.key, target.namespace, target.name)
        if stored is None and target.sub:
            raise refusals.not_found(kind.group, kind.plural, target.name)
        current = in_version_object(kind, stored) if stored else None
        new = fields.apply(
            current,
            config,
            kind.type,
            options.manager,
            target.sub,
            kind.api_version,
            options.force,
            time_text(self.now()),
            _not_tracked(kind, target.sub),
        )
        _check(kind, new)
        if stored is None:
            return self._create_applied(target, new, options, warnings)
        return self._update(target, stored, new, options, warnings, tracked=True)

    def _create_applied(
        self, target: Target, new: Obj, options: WriteOptions, warnings: Sequence[str]
    ) -> Written:
        metadata = new["metadata"]
        metadata["name"] = target.name
        if target.kind.namespaced:
            metadata["namespace"] = target.namespace
        self._require_namespace(target, metadata)
        target.kind.strategy.default(new, self.context())
        return self._commit_new(target, new, options, warnings)

    def update(
        self,
        target: Target,
        change: Callable[[Obj], None],
        manager: str,
        *,
        dry_run: bool = False,
    ) -> Written:
        """For the server's own: change an object in place, without validation of a body."""
        stored = self.require(target)
        new = in_version_object(target.kind, stored)
        change(new)
        options = WriteOptions(dry_run, manager, "Ignore", False)
        return self._update(target, stored, new, options, ())

    def _update(
        self,
        target: Target,
        stored: Stored,
        new: Obj,
        options: WriteOptions,
        warnings: Sequence[str],
        *,
        tracked: bool = False,
    ) -> Written:
        kind = target.kind
        old = in_version_object(kind, stored)
        _require_version(kind, stored, new)
        context = self.context()
        kind.strategy.default(new, context)
        if not tracked:
            self._track(kind, old, new, options, target.sub)
        new = _keep_what_is_not_written(kind, target.sub, old, new)
        kind.strategy.prepare_update(new, old, target.sub, context)
        _require_valid(kind, new, old, target.sub)
        _count_generation(kind, old, new)
        new["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if patching.is_same(old, new):
            return Written(old, warnings, committed=False)
        self.admit(target, new)
        if _is_over(kind, new) and not options.dry_run:
            self.remove(kind, new)
            return Written(new, warnings)
        return self._commit(kind, new, options, warnings)

    # committing

    def remove(self, kind: Kind, obj: Obj) -> None:
        stored = kind.strategy.to_stored(obj) if kind.stored_as else obj
        self.store.remove(kind.key, stored, selectable(kind, stored))

    def _commit(
        self,
        kind: Kind,
        obj: Obj,
        options: WriteOptions,
        warnings: Sequence[str],
        *,
        created: bool = False,
    ) -> Written:
        if options.dry_run:
            return Written(obj, warnings, created, committed=False)
        self.put(kind, obj)
        return Written(obj, warnings, created)

    def put(self, kind: Kind, obj: Obj) -> None:
        """Keep it as it is."""
        stored = obj
        if kind.stored_as:
            stored = kind.strategy.to_stored(orjson.loads(orjson.dumps(obj)))
        elif kind.stored_version and kind.stored_version != kind.version:
            stored = {**obj, "apiVersion": f"{kind.group}/{kind.stored_version}"}
        kept = self.store.put(kind.key, stored, selectable(kind, stored))
        obj["metadata"]["resourceVersion"] = str(kept.version)

    def _track(
        self, kind: Kind, old: Obj | None, new: Obj, options: WriteOptions, sub: str
    ) -> None:
        new["metadata"]["managedFields"] = fields.track(
            old,
            new,
            kind.type,
            options.manager,
            sub,
            kind.api_version,
            time_text(self.now()),
            _not_tracked(kind, sub),
        )
        if not new["metadata"]["managedFields"]:
            del new["metadata"]["managedFields"]


def selectable(kind: Kind, obj: Obj) -> dict[str, str]:
    metadata = obj["metadata"]
    return {
        "metadata.name": metadata["name"],
        "metadata.namespace": metadata.get("namespace") or "",
        **kind.strategy.fields(obj),
    }


def _metadata(obj: Obj) -> Obj:
    metadata = obj.get("metadata")
    if metadata is None:
        metadata = obj["metadata"] = {}
    if not isinstance(metadata, dict):
        raise bad_request("metadata: expected an object")
    found: Obj = metadata
    return found


def _require_kind(obj: Obj, kind: Kind) -> None:
    """That the body is of the path's kind; of a built-in one it need not say so."""
    api_version, name = obj.get("apiVersion") or "", obj.get("kind") or ""
    if (api_version, name) == (kind.api_version, kind.name):
        return
    if kind.is_custom:
        raise _not_of_custom(obj, kind, api_version, name)
    obj["apiVersion"], obj["kind"] = api_version or kind.api_version, name or kind.name
    if (obj["apiVersion"], obj["kind"]) == (kind.api_version, kind.name):
        return
    if name == kind.name:
        raise _other_version(api_version, kind)
    version = obj["apiVersion"].rpartition("/")[2]
    group = kind.group.partition(".")[0] or "core"
    raise bad_request(
        f'{obj["kind"]} in version "{version}" cannot be handled as a {kind.name}: converting '
        f"({version}.{obj['kind']}) to ({group}.{kind.name}): unknown conversion"
    )


def _not_of_custom(obj: Obj, kind: Kind, api_version: str, name: str) -> Refusal:
    if not name:
        body = orjson.dumps(obj)
        return unrecognized(kind.name, f"Object 'Kind' is missing in '{body.decode()}'", body)
    if api_version != kind.api_version:
        return _other_version(api_version, kind)
    cause = refusals.invalid_value("kind", name, f"must be {kind.name}")
    metadata = obj.get("metadata")
    own = str(metadata.get("name") or "") if isinstance(metadata, dict) else ""
    return refusals.invalid(kind.group, name, own, [cause])


def _other_version(api_version: str, kind: Kind) -> Refusal:
    return bad_request(
        f"the API version in the data ({api_version}) does not match the expected API version "
        f"({kind.api_version})"
    )


def _read(kind: Kind, obj: Obj, options: WriteOptions, complaints: Sequence[str]) -> Sequence[str]:
    """Types checked, unknown fields dropped, defaults filled in; what to warn of."""
    check_types(obj, kind.type, kind.name, kind.version)
    _drop_blanks(obj["metadata"])
    warnings = _complain(kind, complaints, prune(obj, kind.type), options)
    if kind.is_custom:
        fill_defaults(obj, kind.type)
    return warnings


def _of_the_patch(refusal: Refusal, kind: Kind, shown: str) -> Refusal:
    """What does not fit a type once it is patched is said of the patch, not of the body."""
    beginning = cannot_be_handled(kind.name, kind.version, "").message
    if not refusal.message.startswith(beginning):
        return refusal
    why = refusal.message.removeprefix(beginning)
    return refusals.invalid("", "", "", [refusals.invalid_value("patch", shown, why)])


def _check(kind: Kind, obj: Obj) -> None:
    """The same for what has been merged on the server, with nobody to warn."""
    check_types(obj, kind.type, kind.name, kind.version)
    _drop_blanks(obj["metadata"])
    if kind.is_custom:
        fill_defaults(obj, kind.type)


def _drop_blanks(metadata: Obj) -> None:
    """Of metadata an empty list or map is the same as none."""
    for name in _BLANKS:
        if name in metadata and not metadata[name]:
            del metadata[name]


def _complain(
    kind: Kind, complaints: Sequence[str], unknown: Sequence[str], options: WriteOptions
) -> Sequence[str]:
    """What to warn of. Refusal (400) where validation is strict, and there is anything."""
    if options.validation == "Ignore":
        return ()
    found = [*complaints, *unknown_fields(unknown)]
    if found and options.validation == "Strict":
        raise strict_refusal(found, kind.name, kind.version)
    return found


def _require_valid(kind: Kind, obj: Obj, old: Obj | None, sub: str) -> None:
    causes: list[Cause] = validate_metadata(obj, old, kind)
    if kind.is_custom:
        causes += validate(obj, kind.type)
    causes += kind.strategy.validate(obj, old, sub)
    if causes:
        name = obj["metadata"].get("name") or ""
        raise refusals.invalid(kind.key[0], kind.name, name, causes)


def _require_version(kind: Kind, stored: Stored, new: Obj) -> None:
    version = new["metadata"].get("resourceVersion")
    if version and version != str(stored.version):
        raise refusals.conflict(kind.group, kind.plural, stored.name)


def _require_same_name(target: Target, new: Obj) -> None:
    metadata = _metadata(new)
    if metadata.get("name") != target.name:
        raise _other_name(str(metadata.get("name") or ""), target.name)
    if target.kind.namespaced and metadata.get("namespace") != target.namespace:
        raise _other_namespace()


def _other_namespace() -> Refusal:
    return bad_request(
        "the namespace of the provided object does not match the namespace sent on the request"
    )


def _other_name(found: str, expected: str) -> Refusal:
    return bad_request(
        f"the name of the object ({found}) does not match the name on the URL ({expected})"
    )


def _another(kind: Kind, stored: Stored, uid: str) -> Refusal:
    registry = f"/registry/{kind.plural if not kind.group else kind.group + '/' + kind.plural}"
    path = "/".join(part for part in (registry, *stored.key) if part)
    return refusals.conflict(
        kind.group,
        kind.plural,
        stored.name,
        f"StorageError: invalid object, Code: 4, Key: {path}, ResourceVersion: 0, "
        f"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, "
        f"UID in object meta: {stored.uid}",
    )


def _terminating(target: Target, name: str) -> Refusal:
    kind, namespace = target.kind, target.namespace
    why = f"unable to create new content in namespace {namespace} because it {TERMINATING}"
    refusal = refusals.forbidden(kind.group, kind.plural, name, why)
    cause = {
        "reason": "NamespaceTerminating",
        "message": f"namespace {namespace} {TERMINATING}",
        "field": "metadata.namespace",
    }
    refusal.details = {**(refusal.details or {}), "causes": [cause]}
    return refusal


def _not_tracked(kind: Kind, sub: str) -> Obj | None:
    """The fields that are put back after a write, and so become nobody's."""
    if not kind.has_status:
        return None
    return {"f:spec": {}} if sub == "status" else {"f:status": {}}


def _require_applicable(target: Target, metadata: Obj) -> None:
    """A configuration may leave out its name and its namespace, but not name others."""
    if metadata.get("name", target.name) != target.name:
        raise _other_name(str(metadata["name"]), target.name)
    if metadata.get("namespace", target.namespace) != target.namespace:
        raise _other_namespace()


def _keep_what_is_not_written(kind: Kind, sub: str, old: Obj, new: Obj) -> Obj:
    """The new object with the old one's status, or the reverse; system fields as before."""
    if kind.is_custom and sub == "status":
        managed = new["metadata"].get("managedFields")
        status = new.get("status")
        new = {**old, "metadata": {**old["metadata"]}}
        new.pop("status", None)
        if status is not None:
            new["status"] = status
        _set(new["metadata"], "managedFields", managed)
    elif kind.is_custom and kind.has_status:
        new.pop("status", None)
        if "status" in old:
            new["status"] = old["status"]
    before, metadata = old["metadata"], new["metadata"]
    for name in ("deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"):
        _set(metadata, name, before.get(name))
    for name in ("uid", "creationTimestamp"):
        metadata[name] = metadata.get(name) or before[name]
    return new


def _set(holder: Obj, name: str, value: Any) -> None:
    if value is None:
        holder.pop(name, None)
    else:
        holder[name] = value


_NOT_COUNTED = ("metadata", "status", "apiVersion", "kind")


def _count_generation(kind: Kind, old: Obj, new: Obj) -> None:
    if not kind.strategy.counts_generations:
        return
    left_out = _NOT_COUNTED if not kind.is_custom or kind.has_status else ("metadata",)
    before = {name: value for name, value in old.items() if name not in left_out}
    after = {name: value for name, value in new.items() if name not in left_out}
    if before != after:
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


def _is_over(kind: Kind, obj: Obj) -> bool:
    """Whether what was to go has nothing left that holds it."""
    metadata = obj["metadata"]
    if "deletionTimestamp" not in metadata or metadata.get("finalizers"):
        return False
    return not (metadata.get("deletionGracePeriodSeconds") or kind.strategy.is_held(obj))
