"""What has happened instead of a moment that has not come, for the text of a failure."""

from __future__ import annotations

from collections.abc import Mapping

from kuscia_conformance.scenario.observed.pods import pods_in_words, whom
from kuscia_conformance.scenario.observed.reservations import in_words
from kuscia_conformance.scenario.observed.statuses import lifetime, phases_of, status_of
from kuscia_conformance.scenario.scenario import Scenario


def instead(scenario: Scenario, words: Mapping[str, str]) -> str:
    """Returns the state of what a moment speaks of, by its words `task`, `pods`, `kind`, `key`."""
    if "pods" in words:
        return pods_in_words(scenario, whom(words["pods"]))
    if "key" in words:
        return in_words(scenario, words["kind"], words["key"])
    return _task(scenario, words["task"])


def _task(scenario: Scenario, name: str) -> str:
    versions = lifetime(scenario, name)
    if not versions:
        return f"there is no task {name}"
    status, phases = status_of(versions[-1]), ", ".join(phases_of(scenario, name))
    why = " ".join(str(status[field]) for field in ("reason", "message") if status.get(field))
    said = f" ({why})" if why else ""
    return f"its phases were {phases}{said}" if phases else "it has no phase"
