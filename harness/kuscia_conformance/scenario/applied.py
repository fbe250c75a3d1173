"""The objects that a scenario creates: its tasks, their AppImage and others.

A task is known by its name in the feature from `define` on, and exists in the cluster from `create`
on. Every object carries the id of the run, and is deleted when the scenario ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from kuscia_conformance.clusters.run_label import mark, remove_ours, run_of
from kuscia_conformance.environment.connection import Connection
from kuscia_conformance.environment.journal import WATCHED
from kuscia_conformance.environment.settings import Timeouts
from kuscia_conformance.environment.setup_manifests import with_defaults
from kuscia_conformance.errors import AlreadyExists, ApiError, ClusterError, FeatureError, choice
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.tasks import APP_IMAGE, Task
from kuscia_conformance.kube.kuscia import (
    HAVE_PODS,
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    resource_of,
)
from kuscia_conformance.kube.objects import (
    Obj,
    Resource,
    key_of,
    name_of,
    namespace_of,
    uid_of,
)
from kuscia_conformance.scenario.expectations import Expectations

#: The annotation of `kubectl apply`. Some controllers ignore tasks without annotations.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
#: The annotation is left out of larger objects, because annotations may have 256 KiB in all.
LAST_APPLIED_SIZE = 128 * 1024


@dataclass
class Applied:
    """The objects that the Givens and Whens of one scenario create."""

    files: FixtureFiles
    connection: Connection
    expect: Expectations
    timeouts: Timeouts
    ending: ExitStack
    #: Labels and annotations for every task, from `--task-defaults`.
    task_defaults: Mapping[str, Any] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    #: The names of the tasks that a step has created, and none has deleted.
    made: set[str] = field(default_factory=set)
    #: The AppImage of tasks without a manifest of their own, once it was read from its file.
    app_image: Obj | None = None
    app_image_made: bool = False
    #: The API server's answer to the last object that `try_to_apply` tried, if it was refused.
    refusal: ApiError | None = None

    def task(self, name: str) -> Task:
        """Returns the task of that name. Raises FeatureError if no step has given it."""
        if name not in self.tasks:
            hint = choice(name, self.tasks, "given")
            raise FeatureError(f"the task {name!r} was not given", hint=hint)
        return self.tasks[name]

    def define(self, task: Task) -> None:
        """Adds a task that is not created yet. Raises FeatureError if there is one of that name."""
        if task.name in self.tasks:
            raise FeatureError(f"the task {task.name!r} is given twice")
        self.tasks[task.name] = task

    def create(self, name: str) -> None:
        """Creates a defined task, and before it the AppImage if that was not created yet."""
        __tracebackhide__ = True
        history = self.expect.history
        self.await_gone(name)
        history.act()
        self.tasks[name] = replace(self.task(name), since=history.cursor)
        if not self.app_image_made:
            self.make_app_image()
        self.apply_all([self.task(name).manifest])

    def the_app_image(self) -> Obj:
        """Returns the AppImage of tasks without a manifest, with the feature's changes."""
        if self.app_image is None:
            [self.app_image] = self.files.manifests(f"{APP_IMAGE}.yaml")
        return self.app_image

    def make_app_image(self) -> None:
        __tracebackhide__ = True
        self.app_image_made = True
        self.apply_all([self.the_app_image()])

    def try_to_apply(self, manifest: Obj) -> None:
        """Applies a manifest that may be refused, and stores the refusal for a later Then."""
        try:
            self.apply(manifest)
        except ApiError as error:
            if not error.is_refusal:
                raise
            self.refusal = error

    def apply_all(self, manifests: list[Obj]) -> None:
        """Applies the manifests in their order.

        The check fails with the first that a webhook refuses. Raises FeatureError for one that does
        not fit its definition, because the definitions are the suite's. A task, group or task
        resource that no step has defined becomes known by its name.
        """
        __tracebackhide__ = True
        for manifest in manifests:
            name, is_task = name_of(manifest), resource_of(manifest) is KUSCIA_TASKS
            if resource_of(manifest) in HAVE_PODS and name not in self.tasks:
                self.define(Task(name, manifest))
            with self._accepted(f"{manifest['kind']} {name}"):
                created = self.apply(manifest)
            if is_task:
                self.tasks[name] = replace(self.tasks[name], uid=uid_of(created))
                self.made.add(name)

    @contextmanager
    def _accepted(self, what: str) -> Iterator[None]:
        """Fails the check if a webhook refuses the write within the context.

        Raises FeatureError if the object does not fit its definition. Other errors are left alone.
        """
        __tracebackhide__ = True
        try:
            yield
        except ApiError as error:
            if not error.is_refusal:
                raise
            why = self.expect.history.names.incoming(error.message)
            if error.is_malformed:
                hint = "correct its manifest, or the table of the step"
                raise FeatureError(f"the API server refuses {what}: {why}", hint=hint) from error
            self.expect.fail(f"expected: {what} is accepted\nactual:   {why}")

    def apply(self, manifest: Obj) -> Obj:
        """Creates the object as `kubectl apply` does, with strict validation; returns the answer.

        Waits until the watches have seen it. Raises ApiError if the API server refuses it,
        FeatureError for a kind that the suite does not know, and ClusterError if the cluster
        already has an object of that name that no run has made.
        """
        resource = resource_of(manifest)
        if resource is None:
            raise FeatureError(
                f"cannot apply {manifest.get('kind')}: the suite does not know that kind"
            )
        sent = self._as_sent(resource, manifest)
        self.ending.callback(self._delete, resource, sent)
        try:
            made = self.connection.run(self.connection.api.create(resource, sent, strict=True))
        except AlreadyExists:
            self._refuse_if_others(resource, sent)
            raise
        self._await_seen(resource, made)
        return made

    def patch_task(self, name: str, patch: Obj, sub: str = "") -> None:
        """Patches a task in the cluster, or with `sub` one of its subresources.

        The check fails if the task has gone although no step has deleted it, and if a webhook
        refuses the patch. Raises FeatureError if the task would not fit its definition.
        """
        __tracebackhide__ = True
        real, api = self._made(name), self.connection.api
        what = f'the task "{name}"'
        with self._accepted(f"the change of {what}"), self.expect.there(what):
            self.connection.run(api.patch(KUSCIA_TASKS, real, TASK_NAMESPACE, patch, sub=sub))

    def delete_task(self, name: str) -> None:
        """Deletes a task. The check fails if it has gone although no step has deleted it."""
        __tracebackhide__ = True
        real, api = self._made(name), self.connection.api
        self.made.discard(name)
        with self.expect.there(f'the task "{name}"'):
            self.connection.run(api.delete(KUSCIA_TASKS, real, TASK_NAMESPACE))

    def await_gone(self, name: str) -> None:
        """Waits until a deleted task is gone, as `kubectl delete` does: it may have finalizers.

        Returns when the time is over, too; the caller then finds the task there.
        """
        history, key = self.expect.history, self.task(name).key
        if self.task(name).uid and name not in self.made:
            history.until(
                lambda: key not in history.latest(KUSCIA_TASKS) or None, self.timeouts.gone
            )

    def _made(self, name: str) -> str:
        """Returns the real name of a task that a step has created, and none has deleted."""
        task = self.task(name)
        if name not in self.made:
            text = f'the task "{name}" was not created, or a step has deleted it'
            raise FeatureError(text, hint="create it in an earlier step")
        return str(self.expect.history.names.real(task.name))

    def _as_sent(self, resource: Resource, manifest: Obj) -> Obj:
        sent = self.expect.history.names.outgoing(manifest)
        if resource is KUSCIA_TASKS:
            sent = with_defaults(sent, self.task_defaults)
        sent = mark(sent, self.expect.environment.run)
        annotations = sent["metadata"].setdefault("annotations", {})
        text = orjson.dumps(manifest).decode()
        if len(text) < LAST_APPLIED_SIZE:
            annotations[LAST_APPLIED] = text
        return sent

    def _await_seen(self, resource: Resource, made: Obj) -> None:
        """Waits until the watch has seen the object, because steps look for it in the history."""
        __tracebackhide__ = True
        if resource not in WATCHED:
            return
        history = self.expect.history
        self.expect.until(
            lambda: any(uid_of(v.object) == uid_of(made) for v in history.versions) or None,
            self.timeouts.status,
            lambda: f"expected: the watch sees {key_of(made)}\nactual:   it does not",
        )

    def _delete(self, resource: Resource, sent: Obj) -> None:
        api, name, namespace = self.connection.api, name_of(sent), namespace_of(sent)
        self.connection.run(remove_ours(api, resource, name, namespace))

    def _refuse_if_others(self, resource: Resource, sent: Obj) -> None:
        """Raises ClusterError if the existing object of that name was not made by a run."""
        api, name, namespace = self.connection.api, name_of(sent), namespace_of(sent)
        there = self.connection.run(api.get(resource, name, namespace))
        if run_of(there) is None:
            raise ClusterError(
                f"the cluster has a {resource.kind} {key_of(sent)} that no run has made",
                hint="the suite leaves it alone; run this scenario on a cluster without it",
            )
