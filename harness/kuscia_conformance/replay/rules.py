"""Judges the standing rules again, by the events and acts that each scenario has recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kuscia_conformance.errors import NotRecorded
from kuscia_conformance.evidence.breaches import Found, place_of, read_judged, rule_result
from kuscia_conformance.evidence.events import EVENTS, read_events
from kuscia_conformance.evidence.files import folder_of
from kuscia_conformance.evidence.record import STEPS, read_record
from kuscia_conformance.features.checks import Check
from kuscia_conformance.replay.judge import Judged
from kuscia_conformance.scenario.rules import judge
from kuscia_conformance.scenario.rules.story import Act, Story


def found_in(results: Path, checks: Sequence[Check]) -> dict[str, Found]:
    """Returns what the rules find today in each scenario that they have judged, by its place.

    Raises NotRecorded if the record of one is missing or damaged.
    """
    found = {place_of(check): _found(folder_of(results, check)) for check in checks}
    return {place: each for place, each in found.items() if each is not None}


def _found(folder: Path) -> Found | None:
    judged = read_judged(folder)
    if judged is None:
        return None
    recorded, versions = read_record(folder), read_events(folder)
    if len(versions) < judged.seen:
        text = f"has {len(versions)} events, and the rules saw {judged.seen}"
        raise NotRecorded(f"{folder / EVENTS}: {text}")
    acts = [Act(step.text, step.began, step.ended, step.acts) for step in recorded.steps]
    try:
        began = datetime.fromisoformat(recorded.about["began"])
        virtual = recorded.about.get("seed") is not None
    except (KeyError, TypeError, ValueError) as error:
        raise NotRecorded(f"{folder / STEPS}:1: this is not a scenario: {error!r}") from error
    return judge(Story(versions[: judged.seen], acts, began, judged.until, virtual=virtual))


def judged_by(check: Check, found: Mapping[str, Found]) -> Judged:
    """Returns the outcome of a rule by what was found; `skipped` if it looked at nothing."""
    result = rule_result(check, found)
    if result.outcome == "skip":
        return Judged("skipped")
    return Judged(result.outcome, result.text, result.requirements)
