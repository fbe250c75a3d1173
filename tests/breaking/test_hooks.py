"""A user's conftest.py whose hooks raise errors, and one whose hooks do not tell the truth."""

import pytest

from tests.breaking.given import (
    AUTHORS_ERROR,
    CONFORMANT,
    INCOMPLETE,
    NO_VERDICT,
    NOT_CONFORMANT,
    PARTIAL,
    WRONG,
    Case,
    broken,
    in_hook,
    ways,
)

RAISE = "raise RuntimeError('mine')"
SKIP = "import pytest; pytest.skip('mine', allow_module_level=True)"
FIRST = "@pytest.hookimpl(tryfirst=True)"
LAST = "@pytest.hookimpl(trylast=True)"
WRAPPER = "@pytest.hookimpl(wrapper=True)"


def raises(hook, signature, ends=NO_VERDICT, *, reason="mine", reports=True, order=""):
    """Returns the case of a hook that raises an error."""
    conftest = in_hook(signature, RAISE, order)
    return Case(f"raises-in-{hook}", ends, reason, conftest, reports=reports)


RAISING = [
    raises("configure", "configure()", reports=False),
    raises("sessionstart", "sessionstart()", reports=False),
    raises("collect_file", "collect_file()", AUTHORS_ERROR, reports=False),
    raises("collection_modifyitems", "collection_modifyitems()", reports=False),
    raises("runtestloop", "runtestloop()", reports=True),
    raises("runtest_protocol", "runtest_protocol()"),
    raises("runtest_logstart", "runtest_logstart()"),
    raises("runtest_setup", "runtest_setup()", reason="3 checks ended in an error of the harness"),
    raises("runtest_call", "runtest_call()", reason="3 checks ended in an error of the harness"),
    raises("runtest_teardown", "runtest_teardown()", reason="3 checks ended in an error of the"),
    raises("runtest_makereport", "runtest_makereport()"),
    raises("runtest_logreport", "runtest_logreport()"),
    raises("runtest_logfinish", "runtest_logfinish()"),
    raises("bdd_before_step", "bdd_before_step()", reason="3 checks ended in an error of the"),
    raises("bdd_after_step", "bdd_after_step()", reason="3 checks ended in an error of the"),
    raises("sessionfinish", "sessionfinish()"),
    raises("sessionfinish-at-last", "sessionfinish()", order=LAST),
    raises("unconfigure", "unconfigure()"),
    Case("exits-on-import", AUTHORS_ERROR, conftest="raise SystemExit(0)", reports=False),
    Case("interrupts-on-import", AUTHORS_ERROR, conftest="raise KeyboardInterrupt", reports=False),
    Case("skips-on-import", AUTHORS_ERROR, conftest=SKIP, reports=False),
]
REPORT = """
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport():
    report = yield
    report.outcome, report.longrepr = "passed", None
    return report
"""
OWN_REPORT = """
def pytest_runtest_makereport(item, call):
    return pytest.TestReport(
        item.nodeid, item.location, {}, "passed", None, call.when, [], 0, 0, 0
    )
"""
NO_REPORT = """
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport():
    yield
    return None
"""
SWALLOWS = """
@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    try:
        return (yield)
    except BaseException:
        return None
"""
SKIPS = """
def pytest_collection_modifyitems(items):
    items[0].add_marker(pytest.mark.skip(reason="not today"))
"""
FORGETS = """
@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    session.items.clear()
"""
FORGETS_LATER = """
def pytest_runtest_logfinish(location):
    session_items.clear()
session_items = []
def pytest_collection_finish(session):
    global session_items
    session_items = session.items
"""
DROPS = "def pytest_collection_modifyitems(items):\n    del items[1:]\n"
XFAILS = """
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xfail({}))
"""
SEED = 'def pytest_addoption(parser):\n    parser.addoption("--seed", default="1")\n'
EXITS = in_hook("runtest_logfinish()", "pytest.exit('enough', returncode=0)")
LYING = [
    Case(
        "runs-no-step",
        NO_VERDICT,
        "an error of the harness",
        in_hook("pyfunc_call()", "return True", FIRST),
    ),
    Case(
        "runs-no-check",
        INCOMPLETE,
        "3 of 3 checks were not run",
        in_hook("runtest_protocol()", "return True", FIRST),
    ),
    Case(
        "runs-nothing",
        INCOMPLETE,
        "3 of 3 checks were not run",
        in_hook("runtestloop()", "return True", FIRST),
    ),
    Case(
        "makes-passes-of-failures",
        NOT_CONFORMANT,
        "1 check failed",
        "import pytest" + REPORT,
        feature=WRONG,
    ),
    Case(
        "makes-reports-of-its-own",
        NOT_CONFORMANT,
        "1 check failed",
        "import pytest" + OWN_REPORT,
        feature=WRONG,
    ),
    Case("makes-no-report", NO_VERDICT, "", "import pytest" + NO_REPORT),
    Case(
        "swallows-failures",
        NO_VERDICT,
        "error of the harness",
        "import pytest" + SWALLOWS,
        feature=WRONG,
    ),
    Case("skips-a-check", INCOMPLETE, "1 of 3 checks was not run", "import pytest" + SKIPS),
    Case(
        "xfails-all-checks",
        NOT_CONFORMANT,
        "1 check failed",
        "import pytest" + XFAILS.format(""),
        feature=WRONG,
    ),
    Case(
        "xfails-without-running",
        INCOMPLETE,
        "3 of 3 checks were not run",
        "import pytest" + XFAILS.format("run=False"),
    ),
    Case("drops-checks", PARTIAL, conftest=DROPS),
    Case(
        "forgets-the-checks-after-the-plan", INCOMPLETE, "2 of 3 checks were not run", FORGETS_LATER
    ),
    Case("exits-after-a-check", INCOMPLETE, "enough", EXITS),
    Case("has-an-option-of-our-name", CONFORMANT, conftest=SEED),
    Case("is-not-Python", AUTHORS_ERROR, conftest="def", reports=False),
]
OPTIONS = [
    Case(
        "stops-after-the-first-failure",
        NOT_CONFORMANT,
        "1 of 3 checks was not run",
        environment={"PYTEST_ADDOPTS": "-x"},
        feature=WRONG,
    ),
    Case("chooses-by-k", PARTIAL, environment={"PYTEST_ADDOPTS": "-k small-last"}),
    Case(
        "collects-only",
        AUTHORS_ERROR,
        environment={"PYTEST_ADDOPTS": "--collect-only"},
        reports=False,
    ),
    Case(
        "with-options-of-the-terminal-and-without-plugins",
        CONFORMANT,
        environment={
            "PYTEST_ADDOPTS": "-v --tb=short -W error -p no:kuscia-conformance -p no:pytest-bdd"
        },
    ),
    Case("without-autoload", CONFORMANT, environment={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
    Case(
        "a-plugin-that-is-missing",
        AUTHORS_ERROR,
        reports=False,
        environment={"PYTEST_ADDOPTS": "-p no_such_plugin_of_mine"},
    ),
    Case(
        "an-option-that-is-unknown",
        AUTHORS_ERROR,
        reports=False,
        environment={"PYTEST_ADDOPTS": "--no-such-option"},
    ),
]
CASES = [*RAISING, *LYING, *OPTIONS]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "exits-on-import",
        "raises-in-sessionstart",
        "raises-in-runtest_teardown",
        "raises-in-unconfigure",
        "runs-no-step",
        "makes-passes-of-failures",
        "drops-checks",
        "xfails-without-running",
    }
)


@pytest.mark.parametrize("case", ways(RAISING, QUICK))
def test_a_hook_that_raises_an_error_makes_no_run_conformant(case, tmp_path):
    broken(case, tmp_path)


@pytest.mark.parametrize("case", ways(LYING, QUICK))
def test_a_hook_that_interferes_makes_no_run_conformant(case, tmp_path):
    broken(case, tmp_path)


@pytest.mark.parametrize("case", ways(OPTIONS, QUICK))
def test_an_option_of_pytest_makes_no_run_conformant(case, tmp_path):
    broken(case, tmp_path)
