"""Installs resource definitions in the user's cluster, and restores the earlier ones.

    in the cluster   what `install` does                              at the end
    missing          creates it, with the run's id                    `remove` deletes it
    equal to ours    leaves it alone
    different        ClusterError; replaces it with `--install-crds`  `restore` puts it back

Before a definition is replaced its spec is saved in a ConfigMap, from which it can also be restored
after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from deepdiff import DeepDiff

from kuscia_conformance.clusters import preparing
from kuscia_conformance.clusters.run_label import RUN, is_of, mark
from kuscia_conformance.errors import AlreadyExists, ClusterError, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.objects import CONFIG_MAPS, DEFINITIONS, Obj, name_of

#: The ConfigMap that holds the specs to put back.
NAME, NAMESPACE = "kuscia-conformance", "kube-system"
#: How many differences of one definition an error message shows.
SHOWN = 4


async def install(api: Api, wanted: Sequence[Obj], run: str, *, replace: bool) -> list[str]:
    """Makes the cluster serve these definitions; returns the names of those created or replaced.

    Raises ClusterError if the cluster has a different definition and `replace` is false, or if the
    definitions of a crashed run are still to be restored.
    """
    await preparing.wait_until_gone(api, DEFINITIONS, lambda obj: _is_going(obj, wanted))
    present = {name_of(obj): obj for obj in (await api.list(DEFINITIONS))[0]}
    pairs = [(ours, present[name_of(ours)]) for ours in wanted if name_of(ours) in present]
    changed = [(ours, theirs) for ours, theirs in pairs if differences(ours, theirs)]
    if changed and not replace:
        raise _refused(changed)
    missing = [mark(obj, run) for obj in wanted if name_of(obj) not in present]
    if changed:
        await _save(api, [theirs for _, theirs in changed], run)
    await asyncio.gather(*(api.create(DEFINITIONS, obj) for obj in missing))
    await asyncio.gather(*(_put(api, name_of(ours), ours["spec"]) for ours, _ in changed))
    new = [*missing, *(ours for ours, _ in changed)]
    await preparing.served(api, new)
    return sorted(name_of(obj) for obj in new)


def _is_going(obj: Obj, wanted: Sequence[Obj]) -> bool:
    """Returns whether the object is one of these definitions and is being deleted."""
    names = {name_of(ours) for ours in wanted}
    return "deletionTimestamp" in obj["metadata"] and name_of(obj) in names


def differences(ours: Obj, theirs: Obj) -> list[str]:
    """Returns the differences that matter, as texts for users; the list may be empty.

    They are in group, names, scope, and for each version in the schema and in how it is served.
    """
    found = DeepDiff(_essence(theirs), _essence(ours), view="tree", ignore_order=True)
    return sorted(_told(change) for changes in found.values() for change in changes)


def _essence(definition: Obj) -> Obj:
    """Returns the parts that decide how objects are served; not what the server adds to them."""
    spec = definition["spec"]
    return {
        "group": spec["group"],
        "kind": spec["names"]["kind"],
        "plural": spec["names"]["plural"],
        "scope": spec["scope"],
        "versions": {version["name"]: _of_version(version) for version in spec["versions"]},
    }


def _of_version(version: Obj) -> Obj:
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    return {
        "served": version["served"],
        "storage": version["storage"],
        "subresources": version.get("subresources") or {},
        "schema": _without_descriptions(schema),
    }


def _without_descriptions(schema: Any) -> Any:
    """Removes the descriptions. A property called `description` stays: its value is not a text."""
    if isinstance(schema, list):
        return [_without_descriptions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_descriptions(value)
        for key, value in schema.items()
        if not (key == "description" and isinstance(value, str))
    }


def _told(change: Any) -> str:
    place = ".".join(str(step) for step in change.path(output_format="list"))
    match change.report_type:
        case "dictionary_item_added" | "iterable_item_added":
            return f"{place}: missing in the cluster"
        case "dictionary_item_removed" | "iterable_item_removed":
            return f"{place}: only in the cluster"
    return f"{place}: {_short(change.t1)} in the cluster, {_short(change.t2)} expected"


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 40 else text[:39] + "…"


def _refused(changed: Sequence[tuple[Obj, Obj]]) -> ClusterError:
    lines = []
    for ours, theirs in changed:
        found = differences(ours, theirs)
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        lines.append(f"  {name_of(ours)}: {'; '.join(found[:SHOWN])}{more}")
    return ClusterError(
        "the cluster has resource definitions that differ from the suite's:\n" + "\n".join(lines),
        hint="--install-crds replaces them during the run, and puts them back at its end",
    )


async def _save(api: Api, definitions: Sequence[Obj], run: str) -> None:
    saved = {
        "apiVersion": CONFIG_MAPS.api_version,
        "kind": CONFIG_MAPS.kind,
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "data": {name_of(obj): orjson.dumps(obj["spec"]).decode() for obj in definitions},
    }
    try:
        await api.create(CONFIG_MAPS, mark(saved, run))
    except AlreadyExists as error:
        raise ClusterError(
            f"the ConfigMap {NAMESPACE}/{NAME} holds definitions that a crashed run has replaced",
            hint="`kuscia-conformance down` puts them back",
        ) from error


async def _put(api: Api, name: str, spec: Obj) -> None:
    patch = [{"op": "replace", "path": "/spec", "value": spec}]
    await api.patch(DEFINITIONS, name, None, patch, how="json")


async def restore(api: Api, run: str | None, say: Callable[[str], None]) -> None:
    """Restores the definitions that the run has replaced, then deletes the ConfigMap."""
    try:
        saved = await api.get(CONFIG_MAPS, NAME, NAMESPACE)
    except NotFound:
        return
    if not is_of(saved, run):
        return
    for name, spec in saved["data"].items():
        try:
            await _put(api, name, orjson.loads(spec))
            say(f"put the definition {name} back")
        except NotFound:
            say(f"the definition {name} cannot be put back: it has been deleted since")
    await api.delete(CONFIG_MAPS, NAME, NAMESPACE)


async def remove(api: Api, run: str | None, say: Callable[[str], None]) -> list[str]:
    """Deletes the definitions that the run has created; returns their names.

    A definition that others now have objects of is kept, without the run's id.
    """
    ours = [obj for obj in (await api.list(DEFINITIONS))[0] if is_of(obj, run)]
    going = []
    for definition in ours:
        name = name_of(definition)
        if await preparing.list_when_ready(api, preparing.defined(definition)):
            say(f"kept the definition {name}: there are objects of it that no run has made")
            await api.patch(DEFINITIONS, name, None, {"metadata": {"labels": {RUN: None}}})
            continue
        await api.delete(DEFINITIONS, name)
        say(f"deleted the definition {name}")
        going.append(name)
    return going
