"""The tasks that features speak of without a manifest: `the task "psi" of alice and bob`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE, TASK_RESOURCES
from kuscia_conformance.kube.objects import Obj

#: One name or several, as features list them: `alice, bob and carol`. "each" is no name.
NAMES = r"(?!each\b)[a-z0-9-]+(?:(?:, | and )(?!each\b)[a-z0-9-]+)*"

#: The AppImage of tasks that name no manifest; in fixtures/shared/.
APP_IMAGE = "app-image"

#: How a feature says what a task's scheduleConfig sets, e.g. "holds for 3 s".
SCHEDULE_WORDS = {
    "resourceReservedSeconds": re.compile(r"holds for (\d+) s"),
    "retryIntervalSeconds": re.compile(r"retries after (\d+) s"),
    "lifecycleSeconds": re.compile(r"lives for (\d+) s"),
    "minReservedMembers": re.compile(r"needs (\d+) part(?:y|ies)"),
}


#: What several tasks do, as one does it.
_ONE = {"hold": "holds", "retry": "retries", "live": "lives", "need": "needs"}


@dataclass(frozen=True)
class Task:
    """A task of a scenario: its manifest, in the feature's own names.

    Or what has pods as a task has, made by hand: a group, or a single TaskResource.
    """

    name: str
    manifest: Obj = field(hash=False)
    #: Where in the history it was created, last; what came before is of another task.
    since: int = 0
    #: Of the one that was created last: events of an earlier one may still be under way.
    uid: str = ""

    @property
    def domains(self) -> list[str]:
        if self.manifest["kind"] == TASK_RESOURCES.kind:
            return [self.manifest["metadata"]["namespace"]]
        parties = self.manifest["spec"].get("parties") or []
        return list(dict.fromkeys(party["domainID"] for party in parties))

    @property
    def key(self) -> str:
        return f"{TASK_NAMESPACE}/{self.name}"


def make_task(name: str, domains: list[str], schedule: Obj) -> Task:
    spec: Obj = {
        "initiator": domains[0],
        "parties": [{"domainID": domain, "appImageRef": APP_IMAGE} for domain in domains],
        "taskInputConfig": "{}",
    }
    if schedule:
        spec["scheduleConfig"] = schedule
    metadata = {"name": name, "namespace": TASK_NAMESPACE}
    kind = {"apiVersion": KUSCIA_TASKS.api_version, "kind": "KusciaTask"}
    return Task(name, {**kind, "metadata": metadata, "spec": spec})


def schedule_from(words: str) -> Obj:
    """The scheduleConfig that "holds for 3 s, retries after 5 s and lives for 22 s" describes."""
    found, rest = {}, re.sub(r"\b(hold|live|need|retry)\b", lambda m: _ONE[m[1]], words)
    for field_name, pattern in SCHEDULE_WORDS.items():
        if match := pattern.search(rest):
            found[field_name] = int(match[1])
            rest = rest.replace(match[0], "")
    if re.sub(r"\band\b|[,\s]", "", rest):
        valid = ", ".join(
            pattern.pattern.replace(r"(\d+)", "N") for pattern in SCHEDULE_WORDS.values()
        )
        raise FeatureError(f"a task that {words!r}: not understood", hint=f"valid: {valid}")
    return found


def names_in(words: str) -> list[str]:
    """The names in "alice", "alice and bob", "alice, bob and carol"."""
    return [
        name for name in re.split(r",\s*|\s+and\s+|\s+", words.strip()) if name and name != "and"
    ]


def numbered(first: str, last: str) -> list[str]:
    """The names from `t-1` to `t-10`. FeatureError if these are not the ends of such a row."""
    stem, begin = re.fullmatch(r"(.*?)(\d*)", first).groups()  # type: ignore[union-attr]
    end = last.removeprefix(stem)
    if not (begin and last.startswith(stem) and end.isdecimal() and int(begin) <= int(end)):
        raise FeatureError(f'"{first}" to "{last}" is no row', hint='as in "t-1" to "t-10"')
    return [f"{stem}{number}" for number in range(int(begin), int(end) + 1)]
