"""The words that may stand for the placeholders of the steps: `<task>`, `<state>`, `<moment>`.

`python -m kuscia_conformance.steps` prints these tables below the tables of steps.
`kuscia-conformance explain` prints the placeholders of one step. A test checks that every
placeholder of a step has a row, and that the examples fit the steps.

    PLACEHOLDERS  the names between `< >`, one row each
    STATES        the states of pods       from scenario.observed.pods
    SETTINGS      the settings of a task   from features.tasks
    MOMENTS       when something happened  from scenario.observed.moments

The last three explain words that other modules define. To add a word there, add its
explanation here, too: otherwise a test fails. Cells are Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuscia_conformance.features.rules import rules
from kuscia_conformance.features.tasks import SCHEDULE_WORDS
from kuscia_conformance.scenario.observed.pods import SINGULAR
from kuscia_conformance.scenario.observed.pods import STATES as KNOWN_STATES
from kuscia_conformance.scenario.observed.reservations import KINDS


@dataclass(frozen=True)
class Placeholder:
    """A name between `< >` in the list of steps."""

    name: str
    #: The texts that may stand there, and their meaning.
    meaning: str
    example: str


@dataclass(frozen=True)
class Table:
    """A table of the list: its title, its headings and its rows."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _listed(words: Mapping[str, object]) -> str:
    *most, last = (f"`{word}`" for word in words)
    return f"{', '.join(most)} or {last}"


_DOMAIN = "a domain that the scenario was given"
_FILE = "a file of the feature; fixtures/README.md says where it lies"

_ALL = (
    Placeholder("amount", "an amount, as Kubernetes writes it", "500m"),
    Placeholder("code", "the exit code of the container, from 0 to 255", "3"),
    Placeholder(
        "conditions",
        "types of conditions, separated by `, `",
        "ResourceCreated, Running, Success",
    ),
    Placeholder("count", "a number from 1 to 100", "2"),
    Placeholder("domain", f"the name of {_DOMAIN}", "bob"),
    Placeholder("domains", "the names of one or several domains", "alice, bob and carol"),
    Placeholder("field", "the path of a field in the manifest", "spec.parties[0].domainID"),
    Placeholder("file", _FILE, "task.yaml"),
    Placeholder("files", "one or several files in quotes", '"app.yaml" and "task.yaml"'),
    Placeholder("first", "the first of several tasks whose names end in a number", "t-1"),
    Placeholder(
        "key",
        "an object: `domain/name`. A group is named by its task alone, and a task resource "
        "without the random digits at the end of its name",
        "alice/psi-0",
    ),
    Placeholder("keys", "one or several pods, each as `domain/name`", "alice/psi-0 and bob/psi-0"),
    Placeholder("kind", f"the kind of an object: {_listed(KINDS)}", "pod"),
    Placeholder("label", "a label, as kubectl writes it: its key and its value", "disk=fast"),
    Placeholder("last", "the last of these tasks; the numbers between are meant, too", "t-10"),
    Placeholder("later", "by how many seconds it may come later, at most 10,000", "10"),
    Placeholder(
        "limit",
        "how many seconds the step waits at most, instead of 20; `--timeout-scale` stretches them",
        "40",
    ),
    Placeholder("message", "the text that the pod leaves as its termination message", "boom"),
    Placeholder(
        "moment", 'a moment, in the words of the table "Moments"', 'the task "psi" was created'
    ),
    Placeholder("other domain", f"another name of {_DOMAIN}", "carol"),
    Placeholder(
        "other moment",
        'a moment, in the words of the table "Moments"',
        'the pods of "psi" were bound',
    ),
    Placeholder(
        "owner",
        "the pods of a task, by its name in quotes; or those of a domain, by its name",
        '"psi"',
    ),
    Placeholder("path", "the absolute path of a file in the container", "/work/task.json"),
    Placeholder("phase", "a phase of a task resource", "Reserved"),
    Placeholder("phases", "phases, separated by `, `", "Pending, Running, Succeeded"),
    Placeholder(
        "pod",
        "a name for the plain pod. If the domain has several nodes, the pods on the others are "
        "called `filler-1`, `filler-2`",
        "filler",
    ),
    Placeholder(
        "pods",
        'the pods of a task (`the pods of "psi"`), the pods of a domain (`the pods of alice`), or '
        'one pod (`the pod "alice/psi-0"`)',
        'the pods of "psi"',
    ),
    Placeholder("ports", "one or several port numbers", "8080 and 8081"),
    Placeholder("resource", "the name of a resource of nodes, as Kubernetes writes it", "cpu"),
    Placeholder("room", "how many pods of the suite fit on a node: 1 to 1,000, or `no`", "1"),
    Placeholder(
        "rooms",
        "the room of the nodes: one for all nodes, or one for each node in turn",
        "3 and 1",
    ),
    Placeholder("seconds", "a number of seconds, at most 10,000", "3"),
    Placeholder(
        "settings",
        "one or several settings, separated by `, ` or ` and `; "
        'the table "Settings of a task" has them. '
        "Where several tasks are given, write `hold`, `retry`, `live` and `need`",
        "holds for 3 s and lives for 22 s",
    ),
    Placeholder("state", 'a state, in the words of the table "States of pods"', "are bound"),
    Placeholder(
        "taint",
        "a taint, as kubectl writes it: its key and its effect",
        "conformance.kuscia.secretflow/closed:NoSchedule",
    ),
    Placeholder("task", "the name of a task that the scenario was given", "psi"),
    Placeholder("text", "the complete text that kubectl prints", "Error from server (NotFound): …"),
    Placeholder("value", "the value of the field as YAML, without spaces", "0"),
)

PLACEHOLDERS: Mapping[str, Placeholder] = {each.name: each for each in _ALL}

#: By the state in the plural: when a pod is in it.
STATES: Mapping[str, str] = {
    "exist": "the pod exists",
    "are bound": "the pod has a node (`spec.nodeName`)",
    "run": "the phase of the pod is Running",
    "are ready": "the condition Ready of the pod is True",
    "have ended": "the phase of the pod is Succeeded or Failed",
}

#: By the field of `spec.scheduleConfig`: the words that set it, and what the field means.
SETTINGS: Mapping[str, tuple[str, str]] = {
    "resourceReservedSeconds": (
        "holds for 3 s",
        "how long a party holds its room while it waits for the others; 30 without this setting",
    ),
    "retryIntervalSeconds": (
        "retries after 5 s",
        "how long after a failed round the next one begins; 30 without this setting",
    ),
    "lifecycleSeconds": (
        "lives for 22 s",
        "how long after its start a task may remain unscheduled; 300 without this setting",
    ),
    "minReservedMembers": (
        "needs 2 parties",
        "how many parties must have reserved for the task to start; all without this setting",
    ),
}

#: By an example: when the moment is.
MOMENTS: Mapping[str, str] = {
    'the task "psi" was created': "the task exists for the first time",
    'the task "psi" became Failed': (
        "the status of the task has this phase for the first time; the phases are Pending, "
        "Running, Succeeded and Failed"
    ),
    'a pod of "psi" was bound': (
        "the first of the pods comes into the state; the states are `was created`, `was bound` "
        "and `had ended`"
    ),
    'the pods of "psi" were bound': (
        "the last of the pods comes into the state; the states are `were created`, `were bound` "
        "and `had ended`. A task must have a pod in each of its domains"
    ),
    'the group "psi" was created': (
        "the object exists for the first time; also `the task resource` with its `<key>`"
    ),
    'the task resource "alice/psi" became Reserved': (
        "the object has this phase for the first time; also `the group`. The phases are "
        "Reserving, Reserved, Schedulable, ReserveFailed and Failed"
    ),
    'the group "psi" became Reserving again': "the object has this phase for the second time",
}


def tables() -> tuple[Table, ...]:
    """Returns the tables that explain the placeholders, in the order of features/README.md.

    Raises KeyError if a state or a setting has no sentence here.
    """
    singular = {plural: one for one, plural in SINGULAR.items()}
    return (
        Table(
            "Placeholders: what may stand between `< >`",
            ("placeholder", "what may stand there", "example"),
            tuple((f"`<{p.name}>`", p.meaning, f"`{p.example}`") for p in PLACEHOLDERS.values()),
        ),
        Table(
            "States of pods: what may stand for `<state>`",
            ("state", "of one pod", "a pod is in this state when"),
            tuple((f"`{each}`", f"`{singular[each]}`", STATES[each]) for each in KNOWN_STATES),
        ),
        Table(
            "Settings of a task: what may stand for `<settings>`",
            ("setting", "field of `spec.scheduleConfig`", "meaning"),
            tuple((f"`{SETTINGS[f][0]}`", f"`{f}`", SETTINGS[f][1]) for f in SCHEDULE_WORDS),
        ),
        Table(
            "Moments: what may stand for `<moment>` and `<other moment>`",
            ("example", "the moment when"),
            tuple((f"`{example}`", meaning) for example, meaning in MOMENTS.items()),
        ),
        Table(
            "Standing rules: what holds in every scenario, without being written there",
            ("rule", "meaning"),
            tuple((f"`{rule.id}`", rule.text) for rule in rules().values()),
        ),
    )
