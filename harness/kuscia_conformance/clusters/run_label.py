"""Whose an object is: everything that a run makes or changes bears the run's id.

`mark` is the one place where it is put on. What bears it may be deleted by the run, or by
`kuscia-conformance down` after a crash; what does not is somebody else's and is left alone.
"""

from __future__ import annotations

import secrets
from contextlib import suppress

import orjson

from kuscia_conformance.errors import Conflict, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, resource_of
from kuscia_conformance.kube.objects import Obj, Resource, annotations_of, labels_of, uid_of

#: The label, or annotation, whose value is the id of the run.
RUN = "conformance.kuscia.secretflow/run"


def fresh_run_id() -> str:
    return secrets.token_hex(4)


def mark(obj: Obj, run: str) -> Obj:
    """The object with the run's id, a copy.

    A task bears it as an annotation: that tasks without any label are handled is a requirement
    (CR-01), and one more label would hide that they are not.
    """
    marked: Obj = orjson.loads(orjson.dumps(obj))
    where = "annotations" if resource_of(obj) is KUSCIA_TASKS else "labels"
    metadata = marked.setdefault("metadata", {})
    metadata[where] = {**(metadata.get(where) or {}), RUN: run}
    return marked


def run_of(obj: Obj) -> str | None:
    """The id of the run that has made or changed it; None if no run has."""
    return labels_of(obj).get(RUN) or annotations_of(obj).get(RUN)


def is_of(obj: Obj, run: str | None) -> bool:
    """Whether it is that run's; with None whether it is any run's."""
    owner = run_of(obj)
    return owner is not None and run in (None, owner)


async def remove_ours(
    api: Api, resource: Resource, name: str, namespace: str | None = None
) -> None:
    """Delete it if a run has made it; what somebody else has made, under that name, stays."""
    with suppress(NotFound, Conflict):
        there = await api.get(resource, name, namespace)
        if run_of(there) is not None:
            # Of this very uid: another may have been made meanwhile.
            await api.delete(resource, name, namespace, uid=uid_of(there))
