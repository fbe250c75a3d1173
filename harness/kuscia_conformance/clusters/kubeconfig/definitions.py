"""Resource definitions on somebody's cluster: theirs are left, or given back as they were.

Missing ones are made for the run, and bear its id. One that differs from ours is refused; with
`--install-crds` it is replaced, once its spec is saved in a ConfigMap, from which it is put
back at the end of the run or after a crash.
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

#: Where the specs are saved that are to be put back.
NAME, NAMESPACE = "kuscia-conformance", "kube-system"
#: How many differences of one definition are told.
SHOWN = 4


async def install(api: Api, wanted: Sequence[Obj], run: str, *, replace: bool) -> list[str]:
    """Have these definitions served; the names of those made or replaced.

    ClusterError if one differs from what is there and is not to be replaced.
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
    """Somebody may have deleted one just now; it cannot be used, and goes."""
    names = {name_of(ours) for ours in wanted}
    return "deletionTimestamp" in obj["metadata"] and name_of(obj) in names


def differences(ours: Obj, theirs: Obj) -> list[str]:
    """What matters and differs: names, scope, and of each version whether and how it is served."""
    found = DeepDiff(_essence(theirs), _essence(ours), view="tree", ignore_order=True)
    return sorted(_told(change) for changes in found.values() for change in changes)


def _essence(definition: Obj) -> Obj:
    """What decides how objects are served: not what the server fills in or what explains."""
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
    """A property may be called `description`, too; then its value is no text."""
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
            return f"{place}: missing there"
        case "dictionary_item_removed" | "iterable_item_removed":
            return f"{place}: only there"
    return f"{place}: {_short(change.t1)} there, {_short(change.t2)} expected"


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
        hint="--install-crds replaces them while the run lasts, and puts them back at its end",
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
            f"{NAMESPACE}/{NAME} holds definitions that a crashed run has replaced",
            hint="`kuscia-conformance down` puts them back",
        ) from error


async def _put(api: Api, name: str, spec: Obj) -> None:
    patch = [{"op": "replace", "path": "/spec", "value": spec}]
    await api.patch(DEFINITIONS, name, None, patch, how="json")


async def restore(api: Api, run: str | None, say: Callable[[str], None]) -> None:
    """Put back what was replaced, as it was; then forget it."""
    try:
        saved = await api.get(CONFIG_MAPS, NAME, NAMESPACE)
    except NotFound:
        return
    if not is_of(saved, run):
        return
    for name, spec in saved["data"].items():
        try:
            await _put(api, name, orjson.loads(spec))
            say(f"put the definition {name} back as it was")
        except NotFound:
            say(f"the definition {name} is gone: somebody has deleted it meanwhile")
    await api.delete(CONFIG_MAPS, NAME, NAMESPACE)


async def remove(api: Api, run: str | None, say: Callable[[str], None]) -> list[str]:
    """Delete what was made for the run, unless others use it by now; the names of what goes."""
    ours = [obj for obj in (await api.list(DEFINITIONS))[0] if is_of(obj, run)]
    going = []
    for definition in ours:
        name = name_of(definition)
        if await preparing.list_when_ready(api, preparing.defined(definition)):
            say(f"left the definition {name}: there are objects of it that no run has made")
            await api.patch(DEFINITIONS, name, None, {"metadata": {"labels": {RUN: None}}})
            continue
        await api.delete(DEFINITIONS, name)
        say(f"deleted the definition {name}")
        going.append(name)
    return going
