"""Plans, results and endings for tests."""

from kuscia_conformance.evidence.ending import Ending
from kuscia_conformance.evidence.plan import Plan, PlannedCheck
from kuscia_conformance.evidence.results import Result
from kuscia_conformance.features.checks import Check, strength

ENDED = Ending(at="2026-01-02T03:05:09Z")


def planned(name="c", *requirements, level="core", unmet=""):
    check = Check(name, "run/x.feature", 1, "X", requirements or ("RN-01",), level)
    return PlannedCheck(check, strength(check), unmet)


def plan(*checks, partial=False):
    return Plan(tuple(checks), partial, {"began": "2026-01-02T03:04:05Z"})


def results(**outcomes):
    """Returns results by the name of the check: `a="pass"`, `b="error author"`."""
    words = {name: text.split() for name, text in outcomes.items()}
    return {name: Result(name, *found) for name, found in words.items()}
