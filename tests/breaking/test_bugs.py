"""Errors in the suite's own code: they are the harness's, wherever they are raised."""

import pytest

from tests.breaking.given import NO_VERDICT, NOT_CONFORMANT, WRONG, Case, broken, ways

#: Makes a function of the suite raise an error that no code foresees, at its n-th call.
BUG = """
from kuscia_conformance.{module} import {owner}

calls = 0
original = {owner}.{name}

def broken(*arguments, **options):
    global calls
    calls += 1
    if calls == {call}:
        raise KeyError("a bug")
    return original(*arguments, **options)

{owner}.{name} = broken
"""


def bug(module, owner, name, call=1):
    return BUG.format(module=module, owner=owner, name=name, call=call)


HARNESS = "1 check ended in an error of the harness"
IN_A_TEARDOWN = bug("scenario.domains", "Domains", "_remove")
SAID = "the suite itself has failed: KeyError('a bug')"
CASES = [
    Case("in-a-step", NO_VERDICT, HARNESS, bug("scenario.domains", "Domains", "set_room")),
    Case("in-a-teardown", NO_VERDICT, HARNESS, IN_A_TEARDOWN),
    Case(
        "in-the-teardown-of-a-failed-check",
        NOT_CONFORMANT,
        "1 check failed",
        bug("scenario.domains", "Domains", "_remove", call=3),
        feature=WRONG,
    ),
    Case(
        "while-the-environment-starts",
        NO_VERDICT,
        SAID,
        bug("environment.virtual", "VirtualController", "start"),
    ),
    Case(
        "while-the-environment-ends",
        NO_VERDICT,
        SAID,
        bug("environment.virtual", "VirtualController", "kill"),
    ),
    Case("in-the-plan", NO_VERDICT, SAID, bug("evidence.plan", "Plan", "of")),
    Case(
        "in-the-record-of-a-step",
        NO_VERDICT,
        HARNESS,
        bug("scenario.recording", "Recorder", "end"),
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset({"in-the-teardown-of-a-failed-check", "while-the-environment-ends"})


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_bug_of_the_suite_makes_no_controller_wrong(case, tmp_path):
    broken(case, tmp_path)
