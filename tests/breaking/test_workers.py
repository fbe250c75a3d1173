"""Workers that end before their checks are done."""

import pytest

from tests.breaking.given import (
    CONFORMANT,
    INCOMPLETE,
    NO_VERDICT,
    NOT_CONFORMANT,
    WRONG,
    Case,
    broken,
    in_check,
    in_hook,
    ways,
)

ONE = ("-n", "1")
KILL = "send('SIGKILL')"
OF_A_WORKER = "if IS_WORKER and once(): send('SIGKILL')"
CASES = [
    Case("no-worker-dies", CONFORMANT, options=ONE),
    Case(
        "killed-before-its-collection-ends",
        NO_VERDICT,
        "the worker",
        in_hook("collection_modifyitems()", OF_A_WORKER),
        ONE,
    ),
    Case("killed-in-the-first-check", NO_VERDICT, "worker", in_check("small-first", KILL), ONE),
    Case("killed-in-the-last-check", NO_VERDICT, "worker", in_check("small-last", KILL), ONE),
    Case(
        "killed-between-two-checks",
        NO_VERDICT,
        "the worker",
        in_hook("runtest_logfinish()", OF_A_WORKER),
        ONE,
    ),
    Case(
        "killed-in-its-last-hook",
        NO_VERDICT,
        "the worker",
        in_hook("sessionfinish()", OF_A_WORKER),
        ONE,
    ),
    Case(
        "ends-itself-in-a-step",
        NO_VERDICT,
        "the worker",
        in_check("small-second", "os._exit(0)"),
        ONE,
    ),
    Case(
        "stopped-by-SIGTERM",
        INCOMPLETE,
        "the run was interrupted",
        in_check("small-second", "send('SIGTERM')"),
        ONE,
    ),
    Case(
        "killed-after-a-check-has-failed",
        NOT_CONFORMANT,
        "the worker",
        in_hook("sessionfinish()", OF_A_WORKER),
        ONE,
        WRONG,
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "killed-between-two-checks",
        "stopped-by-SIGTERM",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_run_with_a_lost_worker_says_so(case, tmp_path):
    broken(case, tmp_path)
