"""Tests `features/guards.yaml`, and how it is made from miniatures and findings."""

import subprocess
import sys

import pytest

from kuscia_conformance.features.checks import requirements
from kuscia_conformance.lint.guards import guards_file
from tests.mutation import guards
from tests.mutation.definitions import definition_mutants
from tests.mutation.forks import KILLED, SURVIVED, Finding
from tests.mutation.guards import Kill
from tests.mutation.mutants import ROOT, all_mutants

MUTANT = "file.py f constants: 1 → 2"


@pytest.fixture(scope="module")
def mutants():
    return {mutant.id: mutant for mutant in (*all_mutants(), *definition_mutants())}


@pytest.fixture
def one_miniature(monkeypatch):
    """A suite with one miniature, which breaks CR-09a, and no file of guards yet."""
    miniature = Kill("CR-09a", "create-missing", "unnamed")
    monkeypatch.setattr(guards, "miniature_kills", lambda: [("file.py", miniature)])
    monkeypatch.setattr(guards, "written", list)
    return miniature


def test_the_table_shows_the_guards(mutants, pytestconfig):
    if pytestconfig.getoption("write_tables"):
        guards.write(guards.chosen([], mutants))
    kills = guards.written()
    assert guards.TABLE.read_text(encoding="utf-8").endswith("\n\n" + guards.table(kills))
    assert guards_file().read_text(encoding="utf-8") == guards.text(kills)


def test_the_guards_are_the_miniatures_and_mutants_of_today(mutants):
    kills = guards.written()
    assert {kill for kill in kills if not kill.is_mutant} == {
        kill for _, kill in guards.miniature_kills()
    }
    assert {kill.name for kill in kills if kill.is_mutant} <= set(mutants)


def test_a_mutant_fills_up_what_a_miniature_leaves(one_miniature):
    kill = Kill("CR-09a", "create-missing", MUTANT)
    findings = [Finding(MUTANT, KILLED, ["create-missing"], ["CR-09a"])]
    assert guards.chosen(findings, {MUTANT}) == sorted([one_miniature, kill])
    assert guards.chosen(findings * 2, {MUTANT}) == sorted([one_miniature, kill])


@pytest.mark.parametrize(
    "finding",
    [
        Finding(MUTANT, SURVIVED),
        Finding(MUTANT, KILLED, ["a", "b"], ["CR-09a"]),
        Finding(MUTANT, KILLED, ["a"], ["CR-09a", "CR-09b"]),
        Finding("file.py f constants: gone", KILLED, ["a"], ["CR-09a"]),
    ],
)
def test_a_mutant_without_one_blame_or_of_yesterday_is_no_guard(finding, one_miniature):
    assert guards.chosen([finding], {MUTANT}) == [one_miniature]


def test_a_requirement_with_one_wrong_controller_is_thin(one_miniature):
    second = Kill("CR-09a", "another", MUTANT)
    assert "CR-09a" in guards.thin([one_miniature])
    assert "CR-09a" in guards.thin([one_miniature, Kill("CR-09a", "another", "unnamed")])
    assert "CR-09a" not in guards.thin([one_miniature, second])
    free = {each.id for each in requirements().values() if each.strength == "MAY" or each.planned}
    assert free.isdisjoint(guards.thin([]))


def test_each_mutant_of_the_guards_fails_its_check(pytestconfig):
    if not pytestconfig.getoption("full"):
        pytest.skip("takes minutes: one check for each mutant; --full runs it")
    command = [sys.executable, "-m", "tests.mutation", "--verify"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3000)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
