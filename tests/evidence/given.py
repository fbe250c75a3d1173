"""Plans, results and endings for tests."""

import json
from typing import Any

from kuscia_conformance.evidence.ending import Ending
from kuscia_conformance.evidence.events import EVENTS
from kuscia_conformance.evidence.plan import Plan, PlannedCheck
from kuscia_conformance.evidence.record import FORMAT, STEPS
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.features.checks import Check, strength

ENDED = Ending(at="2026-01-02T03:05:09Z")


def planned(name="c", *requirements, level="core", unmet=""):
    check = Check(name, "run/x.feature", 1, "X", requirements or ("RN-01c",), level)
    return PlannedCheck(check, strength(check), unmet)


def plan(*checks, partial=False):
    return Plan(tuple(checks), partial, {"began": "2026-01-02T03:04:05Z"})


def results(**outcomes):
    """Returns results by the name of the check: `a="pass"`, `b="error author"`."""
    words = {name: text.split() for name, text in outcomes.items()}
    return {name: Result(name, *found) for name, found in words.items()}


LAST: dict[str, Any] = {"length": [0, 2], "looks": True, "step": "Then", "text": "x", "cursor": 0}
TIMES = {"began": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:04:06Z"}
EVENT: dict[str, Any] = {"at": TIMES["began"], "event": "ADDED", "kind": "Pod", "key": "a/b"}
EVENT |= {"object": {"metadata": {"name": "b", "namespace": "a"}}}


def recorded(folder):
    """Writes the steps and the events of a check."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in {
        STEPS: [{"format": FORMAT}, LAST | TIMES, {"cleaned": ""}],
        EVENTS: [EVENT] * 2,
    }.items():
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
