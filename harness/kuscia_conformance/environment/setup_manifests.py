"""`--setup FILE` and `--task-defaults FILE`: what some controllers need besides a task.

Set-up manifests may be of any kind that the cluster serves. They are created before the controller
starts, and deleted after it has ended. A run refuses to start if one of the objects exists already,
because it belongs to the user.

Task defaults are labels and annotations that every task of the run gets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError
from kuscia_conformance.apiserver.builtin.metadata import validate_annotations, validate_labels
from kuscia_conformance.clusters.run_label import mark
from kuscia_conformance.documents import load_document, load_manifests
from kuscia_conformance.environment.connection import Drive
from kuscia_conformance.errors import AlreadyExists, ApiError, ClusterError, NotFound, UsageError
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import Access
from kuscia_conformance.kube.objects import Obj, Resource, name_of, namespace_of

MANAGER = "kuscia-conformance"


def read_setup(file: Path) -> list[Obj]:
    """Returns the objects of `--setup`. Raises UsageError for a file that cannot be read."""
    try:
        return load_manifests(file)
    except UsageError as error:
        raise UsageError(f"--setup {error.message}", hint=error.hint) from error


@contextmanager
def set_up(
    access: Access, file: Path | None, run: str, drive: Drive = asyncio.run
) -> Iterator[None]:
    """Creates the objects of the file in its order, and deletes them in the end in reverse order.

    Without a file it does nothing. The objects carry the id of the run, so that `kuscia-conformance
    down` finds them after a crash. `drive` runs a coroutine and returns its result.

    Raises UsageError for a file that cannot be read, and for an object that the cluster refuses;
    ClusterError for one that exists already, and if the cluster cannot create it. Objects created
    before it are deleted again.
    """
    made: list[tuple[Resource, Obj]] = []
    try:
        if file:
            objects = (mark(obj, run) for obj in read_setup(file))
            made += (drive(_create(access, obj, file)) for obj in objects)
        yield
    finally:
        drive(_delete(access, made[::-1]))


async def _create(access: Access, obj: Obj, file: Path | None) -> tuple[Resource, Obj]:
    what = f"--setup {file}: {obj.get('kind')} {name_of(obj)}"
    async with Api(access, MANAGER) as api:
        try:
            resource = await _resource(api, obj)
            _require_place(resource, obj, what)
            return resource, await api.create(resource, obj, strict=True)
        except AlreadyExists as error:
            hint = "the suite leaves it alone; delete it, or take it out of the file"
            raise ClusterError(f"{what} exists already", hint=hint) from error
        except ApiError as error:
            if error.is_refusal:
                raise UsageError(f"{what}: {error.message}", hint="correct the file") from error
            raise ClusterError(f"{what}: {error.message}", hint=error.hint) from error


def _require_place(resource: Resource, obj: Obj, what: str) -> None:
    """Raises UsageError for an object without the namespace that its kind needs, or with one."""
    namespace = namespace_of(obj)
    if resource.namespaced and not namespace:
        raise UsageError(f"{what} has no namespace", hint="write it into metadata.namespace")
    if namespace and not resource.namespaced:
        text = f"{what} has the namespace {namespace}, but a {resource.kind} lies in no namespace"
        raise UsageError(text, hint="take metadata.namespace out")


async def _resource(api: Api, obj: Obj) -> Resource:
    """Returns the resource of the object's kind. Raises NotFound if the cluster has none."""
    group, _, version = obj["apiVersion"].rpartition("/")
    path = f"/apis/{group}/{version}" if group else f"/api/{version}"
    for served in await _served(api, path):
        if served["kind"] == obj["kind"] and "/" not in served["name"]:
            return Resource(group, version, served["name"], obj["kind"], served["namespaced"])
    text = f"the cluster has no kind {obj['apiVersion']} {obj['kind']}"
    raise NotFound(404, "NotFound", text)


async def _served(api: Api, path: str) -> list[dict[str, Any]]:
    """Returns the resources of a version of a group; none if the cluster does not have it."""
    try:
        found: list[dict[str, Any]] = (await api.raw(path))["resources"]
    except NotFound:
        return []
    return found


async def _delete(access: Access, made: list[tuple[Resource, Obj]]) -> None:
    async with Api(access, MANAGER) as api:
        for resource, obj in made:
            with suppress(NotFound):
                await api.delete(resource, name_of(obj), namespace_of(obj))


def read_task_defaults(file: Path | None) -> Mapping[str, Any]:
    """Returns the labels and annotations of the file, as `{"metadata": {"labels": …}}`.

    Returns an empty mapping without a file. Raises UsageError for anything else in the file, for
    values that are not strings, and for keys and values that no API server accepts.
    """
    if file is None:
        return {}
    try:
        defaults = load_document(file, what="task defaults have")
    except UsageError as error:
        raise UsageError(f"--task-defaults {error.message}", hint=error.hint) from error
    for path in _wrong(defaults):
        hint = "valid: metadata.labels and metadata.annotations, with strings as values"
        raise UsageError(f"--task-defaults {file}: {path} cannot be set", hint=hint)
    for refused in _refused(defaults["metadata"]):
        hint = "every API server would refuse the tasks; correct the file"
        raise UsageError(f"--task-defaults {file}: {refused}", hint=hint)
    found: Mapping[str, Any] = defaults
    return found


def _wrong(defaults: Mapping[str, Any]) -> Iterator[str]:
    yield from (key for key in defaults if key != "metadata")
    metadata = defaults.get("metadata")
    if not isinstance(metadata, Mapping):
        yield "metadata"
        return
    for field, values in metadata.items():
        if field not in ("labels", "annotations") or not isinstance(values, Mapping):
            yield f"metadata.{field}"
        else:
            texts = (key for key, value in values.items() if not isinstance(value, str))
            yield from (f"metadata.{field}[{key}]" for key in texts)


def _refused(metadata: Mapping[str, Mapping[str, str]]) -> list[FieldError]:
    """Returns the errors for which an API server refuses an object with these labels."""
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    return [*validate_labels(labels, "metadata.labels"), *validate_annotations(annotations)]


def with_defaults(task: Obj, defaults: Mapping[str, Any]) -> Obj:
    """Returns the task with these labels and annotations added; the task's own values win."""
    metadata = dict(task["metadata"])
    for field, values in (defaults.get("metadata") or {}).items():
        metadata[field] = {**values, **(metadata.get(field) or {})}
    return {**task, "metadata": metadata}
