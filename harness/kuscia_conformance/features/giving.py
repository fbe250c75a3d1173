"""What a scenario has been given: its domains, tasks and pods, read from its steps alone.

A step function says what it gives, beside its sentence:

    @given(parsers.re(r'the task "(?P<task>[^"]+)" of (?P<domains>...)'))
    @gives(lambda sentence, given: [task_of(sentence)])
    def _(scenario: Scenario, task: str, domains: str) -> None: ...

So `lint` can tell a name that no step gives. A step of an author's own may give anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kuscia_conformance.features.comparisons import Sentence
from kuscia_conformance.features.tasks import Task
from kuscia_conformance.kube.kuscia import DOMAINS, HAVE_PODS, resource_of
from kuscia_conformance.kube.objects import NAMESPACES, PODS, Obj, name_of, namespace_of

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Domain:
    """A domain, with the number of its nodes; 0 for one that is another cluster's."""

    name: str
    nodes: int = 1


@dataclass(frozen=True)
class Pod:
    """A pod that the scenario itself creates, as `domain/name`."""

    key: str


@dataclass(frozen=True)
class Created:
    """A task, group or task resource that exists in the cluster from this step on."""

    name: str


@dataclass(frozen=True)
class Noted:
    """A domain whose objects are noted from this step on."""

    domain: str


@dataclass(frozen=True)
class Changed:
    """A task that was given before, with another manifest."""

    task: Task


Gift = Domain | Pod | Task | Created | Noted | Changed


@dataclass
class Given:
    """Everything that the steps up to a place have given."""

    domains: dict[str, Domain] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    pods: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)

    def add(self, gift: Gift) -> None:
        if isinstance(gift, Domain):
            self.domains.setdefault(gift.name, gift)
        elif isinstance(gift, Pod):
            self.pods.add(gift.key)
        elif isinstance(gift, Task):
            self.tasks.setdefault(gift.name, gift)
        elif isinstance(gift, Noted):
            self.noted.add(gift.domain)
        elif isinstance(gift, Changed):
            self.tasks[gift.task.name] = gift.task
        else:
            self.created.add(gift.name)


Find = Callable[[Sentence, Given], Iterable[Gift]]


def gives(find: Find) -> Callable[[Function], Function]:
    """Declares what a step function gives to the scenario."""

    def declare(function: Function) -> Function:
        function.gives = find  # type: ignore[attr-defined]
        return function

    return declare


def given_by(function: Any, sentence: Sentence, given: Given) -> list[Gift]:
    """Returns what a step gives. Raises UsageError for words, files and tables that are wrong."""
    find: Find | None = getattr(function, "gives", None)
    return list(find(sentence, given)) if find else []


def of_manifests(manifests: Iterable[Obj]) -> Iterable[Gift]:
    """Returns what manifests give that are applied: tasks, groups, task resources and pods."""
    for manifest in manifests:
        resource, name = resource_of(manifest), name_of(manifest)
        if resource in HAVE_PODS:
            yield from (Task(name, manifest), Created(name))
        elif resource in (NAMESPACES, DOMAINS):
            yield Domain(name, nodes=0)
        elif resource is PODS:
            yield Pod(f"{namespace_of(manifest)}/{name}")
