"""Tasks that a feature describes in a sentence, without a manifest.

`the task "psi" of alice and bob, which holds for 3 s` becomes a KusciaTask with two parties and a
scheduleConfig. This module also reads lists of names: `alice, bob and carol`, `"t-1" to "t-10"`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.parsers import LARGEST_IN_MANIFEST, number
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, TASK_NAMESPACE, TASK_RESOURCES
from kuscia_conformance.kube.objects import Obj, namespace_of

#: How many tasks a step can give.
MOST = 1_000
#: One or several names, as features list them: `alice, bob and carol`. "each" is a word of steps.
NAMES = r"(?!each\b)[a-z0-9-]+(?:(?:, | and )(?!each\b)[a-z0-9-]+)*"

#: The AppImage of tasks without a manifest. Its file is in fixtures/shared/.
APP_IMAGE = "app-image"

#: The words of a feature for each field of scheduleConfig, such as "holds for 3 s".
SCHEDULE_WORDS = {
    "resourceReservedSeconds": re.compile(r"holds for (\d+) s"),
    "retryIntervalSeconds": re.compile(r"retries after (\d+) s"),
    "lifecycleSeconds": re.compile(r"lives for (\d+) s"),
    "minReservedMembers": re.compile(r"needs (\d+) part(?:y|ies)"),
}


#: Plural verbs, and the singular verbs of SCHEDULE_WORDS.
_ONE = {"hold": "holds", "retry": "retries", "live": "lives", "need": "needs"}


@dataclass(frozen=True)
class Task:
    """A task of a scenario, with its manifest in the names of the feature.

    It may also be a TaskResourceGroup or a single TaskResource that the scenario creates itself,
    because steps speak of their pods in the same way.
    """

    name: str
    manifest: Obj = field(hash=False)
    #: The place in the history at which it was created last. Earlier versions of this name belong
    #: to an earlier task.
    since: int = 0
    #: The uid of the task that was created last, because late events may be of an earlier one.
    uid: str = ""

    @property
    def domains(self) -> list[str]:
        """The domains of the parties, each once."""
        if self.manifest["kind"] == TASK_RESOURCES.kind:
            return [namespace_of(self.manifest) or ""]
        found = [party.get("domainID") for party in self._parties]
        return list(dict.fromkeys(domain for domain in found if isinstance(domain, str)))

    @property
    def _parties(self) -> list[Obj]:
        spec = self.manifest.get("spec")
        parties = (spec.get("parties") if isinstance(spec, dict) else None) or []
        return [party for party in parties if isinstance(party, dict)]

    def has_role_in(self, domain: str) -> bool:
        """Returns whether a party of the task has a role in that domain."""
        return any(p.get("role") and p.get("domainID") == domain for p in self._parties)

    @property
    def key(self) -> str:
        """Namespace and name of the KusciaTask."""
        return f"{TASK_NAMESPACE}/{self.name}"


def make_task(name: str, domains: list[str], schedule: Obj) -> Task:
    """Returns a task with one party for each domain. The first domain is the initiator."""
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
    """Returns the scheduleConfig for words like "holds for 3 s and lives for 22 s".

    Raises FeatureError for other words, and for a number that is too large.
    """
    found, rest = {}, re.sub(r"\b(hold|live|need|retry)\b", lambda m: _ONE[m[1]], words)
    for field_name, pattern in SCHEDULE_WORDS.items():
        if match := pattern.search(rest):
            found[field_name] = number(match[1], LARGEST_IN_MANIFEST)
            rest = rest.replace(match[0], "")
    if re.sub(r"\band\b|[,\s]", "", rest):
        forms = (pattern.pattern.replace(r"(\d+)", "N") for pattern in SCHEDULE_WORDS.values())
        valid = ", ".join(form.replace("(?:y|ies)", "ies") for form in forms)
        raise FeatureError(
            f"a task, which {words!r}: these words are not known", hint=f"valid: {valid}"
        )
    return found


def names_in(words: str) -> list[str]:
    """Returns the names in "alice", "alice and bob" or "alice, bob and carol"."""
    return [
        name for name in re.split(r",\s*|\s+and\s+|\s+", words.strip()) if name and name != "and"
    ]


def numbered(first: str, last: str) -> list[str]:
    """Returns the names from `t-1` to `t-10`.

    Raises FeatureError if the names differ in more than the number, the numbers go down, or there
    are more than MOST names.
    """
    stem, begin = re.fullmatch(r"(.*?)(\d*)", first).groups()  # type: ignore[union-attr]
    end = last.removeprefix(stem)
    are_numbers = begin and last.startswith(stem) and end.isdecimal()
    numbers = range(number(begin), number(end) + 1) if are_numbers else range(0)
    if not numbers:
        text = f'"{first}" to "{last}": expected two names that differ only in their number'
        raise FeatureError(text, hint='as in "t-1" to "t-10"')
    if len(numbers) > MOST:
        text = f'"{first}" to "{last}" are {len(numbers):,} tasks'
        raise FeatureError(text, hint=f"a step takes {MOST:,} at most")
    return [f"{stem}{each}" for each in numbers]
