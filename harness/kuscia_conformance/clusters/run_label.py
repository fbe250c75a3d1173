"""The id of the run, on every object that the run makes or changes.

`mark` puts the id on new objects. A run, or `kuscia-conformance down` after a crash, may delete an
object that has an id. An object without an id belongs to others and is left alone.
"""

from __future__ import annotations

import secrets
from contextlib import suppress

import orjson

from kuscia_conformance.errors import Conflict, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, resource_of
from kuscia_conformance.kube.objects import Obj, Resource, annotations_of, labels_of, uid_of

#: The label, or on tasks the annotation, whose value is the id of the run.
RUN = "conformance.kuscia.secretflow/run"


def fresh_run_id() -> str:
    """Returns a random id of eight hexadecimal digits."""
    return secrets.token_hex(4)


def mark(obj: Obj, run: str) -> Obj:
    """Returns a copy of the object with the run's id.

    The id is a label, but on tasks an annotation. A controller has to handle tasks without any
    label (CR-01), and a label from the suite would hide that it does not.
    """
    marked: Obj = orjson.loads(orjson.dumps(obj))
    where = "annotations" if resource_of(obj) is KUSCIA_TASKS else "labels"
    metadata = marked.setdefault("metadata", {})
    metadata[where] = {**(metadata.get(where) or {}), RUN: run}
    return marked


def run_of(obj: Obj) -> str | None:
    """Returns the id of the run that made or changed the object; None if no run did."""
    return labels_of(obj).get(RUN) or annotations_of(obj).get(RUN)


def is_of(obj: Obj, run: str | None) -> bool:
    """Returns whether the object has the id of this run; with None, whether it has any run's id."""
    owner = run_of(obj)
    return owner is not None and run in (None, owner)


async def remove_ours(
    api: Api, resource: Resource, name: str, namespace: str | None = None
) -> None:
    """Deletes the object of this name if a run has made it; any other object stays."""
    with suppress(NotFound, Conflict):
        there = await api.get(resource, name, namespace)
        if run_of(there) is not None:
            # With the uid, the server refuses to delete a new object of the same name.
            await api.delete(resource, name, namespace, uid=uid_of(there))
