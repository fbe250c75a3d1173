"""Names in the steps of a check: each domain, task and pod was given by a step before.

The steps say what they give (`features.giving`). What they refer to is known by the names of their
placeholders: `<domain>` is always a domain that the scenario was given.

A step of an author's own may give anything, so names after it are not examined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from pytest_bdd.parser import Step

from kuscia_conformance.apiserver.builtin.names import label, subdomain
from kuscia_conformance.errors import DocumentError, FeatureError, UsageError, choice
from kuscia_conformance.features.comparisons import Sentence
from kuscia_conformance.features.giving import Created, Domain, Gift, Given, Pod, given_by
from kuscia_conformance.features.reader import Case
from kuscia_conformance.features.step_definitions import StepDefinitions
from kuscia_conformance.features.table_forms import form_of
from kuscia_conformance.features.tasks import Task, names_in, numbered
from kuscia_conformance.lint.document_names import document_of, domains_in, keys_in, values_in
from kuscia_conformance.lint.places import Mistake, Spoken, placed
from kuscia_conformance.lint.words import in_table
from kuscia_conformance.scenario.names import LENGTH, Names
from kuscia_conformance.scenario.observed.moments import words_of
from kuscia_conformance.scenario.observed.pods import ARE, whom

#: Names as long as those of a run, which adds a token to the names of domains and tasks.
_NAMES = Names("x" * LENGTH)


def of_check(
    case: Case, steps: StepDefinitions, spoken: Iterable[Spoken]
) -> Iterator[FeatureError]:
    """Yields an error for each name in a step that no step before it gives."""
    given, parties = Given(), dict[str, Step]()
    known = set(map(id, _known(case, steps)))
    for step, sentence, function in (each for each in spoken if id(each[0]) in known):
        try:
            gifts = given_by(function, sentence, given)
        except UsageError as error:  # what the step gives is not known
            if not _is_reported(error, function, sentence):
                yield placed(case, step, error.message, error.hint)
            return
        yield from _placed(case, step, _mistakes(sentence, gifts, given))
        for domain in chain(*(task.domains for task in _described(gifts))):
            parties.setdefault(domain, step)
    # A task may be described before its domains. A manifest may name a domain that is nowhere.
    for domain, step in parties.items():
        yield from _placed(case, step, _Names(given, ()).domain(domain))


def _placed(case: Case, step: Step, mistakes: Iterable[Mistake]) -> Iterator[FeatureError]:
    return (placed(case, step, text, hint) for text, hint in mistakes)


def _is_reported(error: UsageError, function: Any, sentence: Sentence) -> bool:
    """Returns whether the reader, which examines files and rows, or `words` reports the mistake."""
    form = form_of(function)
    is_malformed = form and sentence.table and any(form.mistakes(sentence.table))
    return isinstance(error, DocumentError) or bool(is_malformed or in_table(function, sentence))


def _known(case: Case, steps: StepDefinitions) -> Iterator[Step]:
    """Yields the steps up to one that does not exist, or an author's own that may give anything."""
    for step in case.steps:
        definition = steps.of(step)
        if definition is None or not (steps.has(definition) or definition.looks):
            return
        yield step


def _mistakes(sentence: Sentence, gifts: Collection[Gift], given: Given) -> Iterator[Mistake]:
    """Yields the mistakes in a sentence, and adds what it gives to `given`."""
    yield from chain(_refused(gifts), _repeated(gifts, given))
    for gift in gifts:
        given.add(gift)
    tasks = given.tasks if gifts else given.created
    described = any(isinstance(gift, Task | Domain) for gift in gifts)
    values = {k: v for k, v in sentence.values.items() if not (described and k == "domains")}
    yield from _unknown(values, _Names(given, tasks))
    document = document_of(sentence)
    yield from _in_document(document, _Names(given, given.created))
    named = chain(*map(domains_in, (document, *values_in(sentence))))
    yield from chain(*map(_Names(given, ()).domain, dict.fromkeys(named)))
    for word, *cells in filter(None, sentence.table):
        if word == "witness" and (found := re.fullmatch(ARE, " ".join(cells))):
            yield from _unknown(found.groupdict(), _Names(given, given.created))


def _in_document(document: Any, names: _Names) -> Iterator[Mistake]:
    """Yields the names in a document that look misspelt, and keys without a domain.

    Other names are possible: a document may say that a pod of another domain is absent.
    """
    keys = keys_in(document)
    yield from chain(*(names.object(kind, key) for kind, key in keys if "/" not in key))
    pods = (names.pod(key) for _, key in keys if "/" in key)
    yield from dict.fromkeys(each for each in chain(*pods) if each[1].startswith("did you mean"))


def _repeated(gifts: Collection[Gift], given: Given) -> Iterator[Mistake]:
    """Yields an error for domains in a second step, and for a task that was given before."""
    before = [domain.name for domain in given.domains.values() if domain.nodes]
    if before and any(isinstance(gift, Domain) and gift.nodes for gift in gifts):
        text = "the domains of a scenario have to be given in one step"
        yield text, f"add them to the step above, which gives {', '.join(before)}"
    for task in _described(gifts):
        if task.name in given.tasks:
            yield f"the task {task.name!r} is given twice", "give each task a name of its own"


def _refused(gifts: Collection[Gift]) -> Iterator[Mistake]:
    """Yields an error for each name that Kubernetes does not accept."""
    for name, complaints in map(_judged, gifts):
        for complaint in complaints:
            yield f"Kubernetes does not accept the name {name!r}", complaint


def _judged(gift: Gift) -> tuple[str, Sequence[str]]:
    """Returns the name of a domain, task or pod, and what is wrong with it in the cluster."""
    if isinstance(gift, Domain):
        return gift.name, label(_NAMES.real(gift.name))
    if isinstance(gift, Task):
        return gift.name, subdomain(_NAMES.real(gift.name))
    return (gift.key, subdomain(gift.key.partition("/")[2])) if isinstance(gift, Pod) else ("", ())


def _described(gifts: Collection[Gift]) -> list[Task]:
    """Returns the tasks that a step describes in words, and not in a manifest."""
    tasks = [gift for gift in gifts if isinstance(gift, Task)]
    return [task for task in tasks if Created(task.name) not in gifts]


@dataclass(frozen=True)
class _Names:
    """The names that a step may use. `tasks` has those in the state that the step needs."""

    given: Given
    tasks: Collection[str]

    def domain(self, name: str) -> Iterator[Mistake]:
        if name not in self.given.domains:
            yield f"the domain {name!r} was not given", choice(name, self.given.domains, "given")

    def task(self, name: str) -> Iterator[Mistake]:
        if name not in self.given.tasks:
            yield f"the task {name!r} was not given", choice(name, self.given.tasks, "given")
        elif name not in self.tasks:
            yield (
                f"the task {name!r} is not created before",
                f'create it in a step above: When the task "{name}" is created',
            )

    def who(self, words: str) -> Iterator[Mistake]:
        """Yields the mistakes in words for pods: a task, a domain, or a pod with its domain."""
        name = whom(words)
        if "/" in name:
            yield from self.pod(name)
        elif name in self.given.tasks:
            yield from self.task(name)
        elif name not in self.given.domains:
            known = [*self.given.tasks, *self.given.domains]
            text = f"{name!r} is neither a task nor a domain of this scenario"
            yield text, choice(name, known, "given")

    def pod(self, key: str) -> Iterator[Mistake]:
        yield from self.domain(key.partition("/")[0])
        yield from self._of_a_task(key, "pod", [f"{task}-" for task in self.given.tasks])

    def _of_a_task(self, key: str, kind: str, begins: Iterable[str]) -> Iterator[Mistake]:
        name = key.partition("/")[2]
        if key not in self.given.pods and not name.startswith(tuple(begins)):
            text = f"the {kind} {key!r} belongs to no task of this scenario"
            word = name.rpartition("-")[0] or name
            yield text, choice(word, self.given.tasks, "a name begins with its task; given")

    def object(self, kind: str, key: str) -> Iterator[Mistake]:
        """Yields the mistakes in the key of an object: `domain/name`, or of a group its name."""
        if kind == "group":
            yield from self.task(key)
        elif "/" not in key:
            hint = f"write it as domain/name, as in {next(iter(self.given.domains), 'alice')}/{key}"
            yield f"the {kind} {key!r} has no domain", hint
        elif kind == "pod":
            yield from self.pod(key)
        else:
            yield from self.domain(key.partition("/")[0])
            if kind == "task resource":
                yield from self._of_a_task(key, kind, self.given.tasks)


#: The mistakes in the value of each placeholder that is a name.
_LOOK: Mapping[str, Callable[[_Names, str], Iterable[Mistake]]] = {
    "task": _Names.task,
    "domain": _Names.domain,
    "other_domain": _Names.domain,
    "owner": _Names.who,
    "pods": _Names.who,
    "domains": lambda names, value: chain(*map(names.domain, names_in(value))),
    "keys": lambda names, value: chain(*map(names.pod, names_in(value))),
    "moment": lambda names, value: _unknown(words_of(value), names),
    "other_moment": lambda names, value: _unknown(words_of(value), names),
}


def _of_range(first: str, last: str, names: _Names) -> Iterator[Mistake]:
    """Yields an error for names that are no range, or for the first task that was not given."""
    try:
        tasks = numbered(first, last)
    except FeatureError as error:
        yield error.message, error.hint
    else:
        yield from islice(chain(*map(names.task, tasks)), 1)


def _unknown(values: Mapping[str, str], names: _Names) -> Iterator[Mistake]:
    """Yields an error for each value that names something which was not given."""
    for placeholder, value in values.items():
        if value and placeholder in _LOOK:
            yield from _LOOK[placeholder](names, value)
    if "first" in values:
        yield from _of_range(values["first"], values["last"], names)
    if "key" in values:
        yield from names.object(values.get("kind") or "task resource", values["key"])
