"""Runs under pytest, whose exit codes are its own: the report has the verdict all the same."""

import json
import re
import subprocess

import pytest

from tests.breaking.given import (
    CONFORMANT,
    INCOMPLETE,
    NO_VERDICT,
    NOT_CONFORMANT,
    PARTIAL,
    PYTEST,
    SMALL,
    WRONG,
    Case,
    broken,
    in_check,
    in_hook,
    ways,
)

#: Lets a rule find this in each scenario, in the process that runs it.
FINDS = """
from kuscia_conformance.scenario import rules
from kuscia_conformance.scenario.rules.story import Look
found = lambda story: {0}
rules.JUDGES = {{**rules.JUDGES, "phase goes forward": found}}
"""
BREACH = '[Look("task psi", story.began, "it went back")]'
RULE = "rule-phase-goes-forward"
SILENT = ("-p", "no:terminal")
CASES = [
    Case("nothing", CONFORMANT, command=PYTEST),
    Case("nothing-with-a-worker", CONFORMANT, options=("-n", "1"), command=PYTEST),
    Case("without-a-terminal-reporter", CONFORMANT, options=SILENT, shows=False, command=PYTEST),
    Case(
        "no-step-is-run",
        NO_VERDICT,
        "3 checks ended in an error of the harness",
        options=("--setup-only",),
        command=PYTEST,
        exits=0,
    ),
    Case("chosen-by-k", PARTIAL, options=("-k", "small-last"), command=PYTEST),
    Case(
        "stopped-at-the-first-failure",
        NOT_CONFORMANT,
        "1 of 3 checks was not run",
        options=("--maxfail", "1"),
        feature=WRONG,
        command=PYTEST,
    ),
    Case(
        "a-worker-is-killed",
        NO_VERDICT,
        "the worker",
        options=("-n", "1"),
        command=PYTEST,
        conftest=in_check("small-last", "send('SIGKILL')"),
        exits=1,
    ),
    Case(
        "interrupted",
        INCOMPLETE,
        "the run was interrupted",
        command=PYTEST,
        exits=2,
        conftest=in_check("small-second", "send('SIGTERM')"),
    ),
    Case(
        "a-plugin-fails",
        NO_VERDICT,
        "mine",
        command=PYTEST,
        exits=3,
        shows=False,
        conftest=in_hook("runtest_logfinish()", "raise RuntimeError('mine')"),
    ),
    Case(
        "a-plugin-fails-at-last",
        NO_VERDICT,
        "mine",
        command=PYTEST,
        exits=1,
        shows=False,
        conftest=in_hook("sessionfinish()", "raise RuntimeError('mine')"),
    ),
    Case(
        "a-check-is-skipped",
        INCOMPLETE,
        "1 of 3 checks was not run",
        command=PYTEST,
        exits=0,
        conftest="import pytest\ndef pytest_collection_modifyitems(items):\n"
        "    items[0].add_marker(pytest.mark.skip(reason='not today'))\n",
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "a-check-is-skipped",
        "no-step-is-run",
        "stopped-at-the-first-failure",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_the_verdict_under_pytest_is_that_of_its_report(case, tmp_path):
    broken(case, tmp_path)


def test_a_plugin_with_an_option_of_our_short_name_works_where_the_suite_is_installed(tmp_path):
    option = 'def pytest_addoption(parser):\n    parser.addoption("--seed", default="1")\n'
    (tmp_path / "conftest.py").write_text(option)
    (tmp_path / "test_x.py").write_text("def test_x():\n    pass\n")
    done = subprocess.run([*PYTEST, "--seed", "2"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def ended_with_rule(finds, folder, *options, feature=SMALL):
    """Runs two scenarios and a rule that finds this under pytest; returns exit code and output."""
    (folder / "small.feature").write_text(feature)
    (folder / "conftest.py").write_text(FINDS.format(finds))
    only = ("--kuscia-only", f"small-first,small-last,{RULE}", *options)
    command = [*PYTEST, "small.feature", *only]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


WORKERS = pytest.param(("-n", "2"), id="with-workers", marks=pytest.mark.only_full)


@pytest.mark.parametrize("options", [pytest.param((), id="alone"), WORKERS])
def test_a_broken_rule_is_shown_and_fails_the_run(tmp_path, options):
    code, said = ended_with_rule(BREACH, tmp_path, *options)
    head = rf"^FAIL features/rules.yaml:\d+  {RULE}   VW-02a \(MUST\)$"
    assert re.search(head, said, re.MULTILINE), said
    assert "broken in 2 of 2 scenarios:" in said
    assert "  small-last (small.feature:18)\n    task psi, +0.00 s: it went back\n" in said
    assert "not conformant: 1 check failed" in said
    assert code == 1


def test_a_rule_that_had_nothing_to_look_at_has_not_passed(tmp_path):
    code, said = ended_with_rule("[]", tmp_path)
    assert f"NOT RUN {RULE}: nothing to look at" in said, said
    assert "incomplete: 1 of 3 checks was not run" in said
    assert code == 0  # pytest's own, as for a test that is skipped


def test_a_scenario_without_the_rule_is_not_judged_by_it(tmp_path):
    tagged = SMALL.replace("@id:small-first", f"@id:small-first @without:{RULE}")
    feature = tagged.replace("The first check\n", f"The first check\n    {RULE}: it goes back\n")
    _, said = ended_with_rule(BREACH, tmp_path, feature=feature)
    assert "broken in 1 of 1 scenarios:" in said, said
    looked = json.loads((tmp_path / "results/checks/rules" / RULE / "looked-at.json").read_text())
    assert looked == {
        "small-first (small.feature:8)": {"suspended": "it goes back"},
        "small-last (small.feature:19)": {"count": 1, "objects": ["task psi"]},
    }
