"""Controllers that do not start, or end, hang or shout while they are tested."""

import shlex
import sys

import pytest

from tests.breaking.given import (
    CONFORMANT,
    INCOMPLETE,
    NO_VERDICT,
    NOT_CONFORMANT,
    Case,
    broken,
    in_check,
    ways,
)

REFERENCE = f"{sys.executable} -P -m kuscia_conformance controller --kubeconfig {{{{kubeconfig}}}}"


def as_program(script):
    """Returns the option for a controller that is this shell script."""
    return (f"--controller=cmd:sh -c {shlex.quote(script)}",)


#: Kills the reference controller, or the program that has started it.
KILL = "send('SIGKILL', child('kuscia_conformance controller'))"
CASES = [
    Case(
        "missing",
        NO_VERDICT,
        "cannot start ./no-such-controller",
        options=("--controller", "cmd:./no-such-controller"),
    ),
    Case("ends-at-its-start", NO_VERDICT, "sh has ended with code 7", options=as_program("exit 7")),
    Case(
        "does-nothing",
        NOT_CONFORMANT,
        "3 checks failed",
        options=(*as_program("exec sleep 1000"), "--timeout-scale", "0.1"),
    ),
    Case(
        "is-killed-in-the-first-check",
        NOT_CONFORMANT,
        "1 check failed",
        in_check("small-first", KILL),
        options=("--timeout-scale", "0.1"),
    ),
    Case(
        "is-killed-after-the-last-check",
        CONFORMANT,
        conftest=f"def pytest_sessionfinish():\n    {KILL}\n",
        options=("--timeout-scale", "1"),
    ),
    Case(
        "ignores-SIGTERM",
        CONFORMANT,
        options=as_program(f'trap "" TERM; {REFERENCE}'),
    ),
    Case(
        "interrupts-the-run-at-its-end",
        CONFORMANT,
        options=as_program(f'trap "kill -INT $PPID; exit" TERM; {REFERENCE} & wait'),
    ),
    Case(
        "shouts",
        CONFORMANT,
        options=as_program(f"head -c 30000000 /dev/zero; exec {REFERENCE}"),
    ),
    Case(
        "interrupts-the-run-at-its-start",
        INCOMPLETE,
        "interrupted",
        options=as_program(f"kill -INT $PPID; exec {REFERENCE}"),
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "ends-at-its-start",
        "does-nothing",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_broken_controller_gets_the_verdict_that_it_deserves(case, tmp_path, control_plane):
    broken(case, tmp_path, {"KUSCIA_CONFORMANCE_CLUSTER": f"kubeconfig:{control_plane}"})
