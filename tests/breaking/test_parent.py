"""Signals to the process that the user has started."""

import os
import signal

import pytest

from tests.breaking.given import (
    CONFORMANT,
    INCOMPLETE,
    NOT_CONFORMANT,
    WRONG,
    Case,
    broken,
    in_check,
    in_hook,
    judged,
    reported,
    ways,
)

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
INTERRUPTED = "the run was interrupted"


def ignore_hangup():
    """What nohup does before it starts a program."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def when(line, name):
    """Returns an act that sends the signal to the run as soon as it has printed such a line."""

    def act(run):
        for said in run.stdout:
            if line in said:
                run.send_signal(signal.Signals[name])
                return

    return act


def whole_group(run):
    """Does what Ctrl-C in a terminal does: it interrupts the workers, too."""
    for said in run.stdout:
        if " pass " in said:
            os.killpg(run.pid, signal.SIGINT)
            return


CASES = [
    *(
        Case(
            f"{name}-in-the-first-check",
            INCOMPLETE,
            INTERRUPTED,
            in_check("small-first", f"send('{name}')"),
        )
        for name in ENDING
    ),
    Case(
        "SIGINT-while-features-are-read",
        INCOMPLETE,
        conftest=in_hook("collection_modifyitems()", "send('SIGINT')"),
        reports=False,
    ),
    Case(
        "SIGTERM-before-the-environment-is-up",
        INCOMPLETE,
        "",
        in_hook("collection_finish()", "send('SIGTERM')"),
        reports=False,
    ),
    Case(
        "SIGINT-while-the-environment-starts",
        INCOMPLETE,
        INTERRUPTED,
        act=when("starting everything", "SIGINT"),
    ),
    Case(
        "SIGTERM-between-two-checks",
        INCOMPLETE,
        INTERRUPTED,
        in_hook("runtest_logfinish()", "send('SIGTERM')"),
    ),
    Case(
        "SIGINT-in-the-last-check",
        INCOMPLETE,
        "1 of 3 checks was not run",
        in_check("small-last", "send('SIGINT')"),
    ),
    Case(
        "SIGINT-after-the-last-check",
        INCOMPLETE,
        INTERRUPTED,
        in_hook("sessionfinish()", "send('SIGINT')"),
    ),
    Case(
        "SIGINT-while-the-cluster-ends",
        CONFORMANT,
        act=when("stopping the controller", "SIGINT"),
    ),
    Case(
        "two-signals-in-a-row",
        INCOMPLETE,
        INTERRUPTED,
        in_check("small-first", "send('SIGTERM')")
        + in_hook("keyboard_interrupt()", "send('SIGINT')"),
    ),
    Case(
        "SIGINT-that-a-destructor-swallows",
        INCOMPLETE,
        INTERRUPTED,
        "class Swallows:\n    def __del__(self):\n        send('SIGINT')\n"
        + in_check("small-first", "Swallows()"),
    ),
    Case(
        "SIGHUP-under-nohup",
        CONFORMANT,
        conftest=in_check("small-first", "send('SIGHUP')"),
        before=ignore_hangup,
    ),
    Case(
        "SIGINT-after-a-failed-check",
        NOT_CONFORMANT,
        INTERRUPTED,
        in_check("small-last", "send('SIGINT')"),
        feature=WRONG,
    ),
    Case(
        "SIGINT-with-workers",
        INCOMPLETE,
        INTERRUPTED,
        options=("-n", "1"),
        act=when(" pass ", "SIGINT"),
    ),
    Case(
        "Ctrl-C-with-workers",
        INCOMPLETE,
        INTERRUPTED,
        options=("-n", "1"),
        before=os.setsid,
        act=whole_group,
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "SIGTERM-in-the-first-check",
        "SIGINT-after-the-last-check",
        "two-signals-in-a-row",
        "SIGHUP-under-nohup",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_signal_interrupts_a_run_or_is_ignored(case, tmp_path):
    broken(case, tmp_path)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        pytest.param(
            in_check("small-first", "send('SIGKILL')"),
            "3 of 3 checks were not run",
            id="in-the-first-check",
            marks=pytest.mark.only_full,
        ),
        pytest.param(
            in_check("small-last", "send('SIGKILL')"),
            "1 of 3 checks was not run",
            id="in-the-last-check",
        ),
        pytest.param(
            in_hook("sessionfinish()", "send('SIGKILL')"),
            "killed",
            id="after-the-last-check",
            marks=pytest.mark.only_full,
        ),
    ],
)
def test_a_killed_run_is_incomplete_by_its_evidence(moment, text, tmp_path):
    case = Case("killed", INCOMPLETE, conftest=moment, reports=False, shows=False, exits=-9)
    broken(case, tmp_path)
    code, said = reported(tmp_path / "out")
    assert (code, text in said) == (3, True), said
    judged(case, tmp_path / "out")


@pytest.mark.only_full
def test_a_run_that_is_killed_before_its_plan_leaves_nothing_to_judge(tmp_path):
    moment = in_hook("collection_modifyitems()", "send('SIGKILL')")
    case = Case("killed", INCOMPLETE, conftest=moment, reports=False, shows=False, exits=-9)
    broken(case, tmp_path)
    assert not (tmp_path / "out" / "report.yaml").exists()
    assert reported(tmp_path / "out")[0] != 0
