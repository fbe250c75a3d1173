"""Tests the checks with variants of the reference controller: each has to pass all of them.

By default four variants run together with the checks that take little time, and three that are
slow with some checks of scheduling. With --full all variants and ten random combinations run with
all checks.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kuscia_conformance.features.checks import requirements
from tests.mutation.forks import Finding
from tests.variants.catalogue import VARIANTS
from tests.variants.runs import Mixture, mixtures_of_all, random_mixtures

ROOT = Path(__file__).parents[2]
#: The variants that run by default, with the checks that they run with.
SAMPLES = {
    "listed-backwards+other-words+roles-come-first+services-before-pods": "create,view,run",
    "handled-late+one-by-one+completion-time-later": (
        (ROOT / ".ci" / "schedule-on-real-clocks").read_text().strip()
    ),
}


def run(*arguments):
    command = [sys.executable, "-m", "tests.variants", "--workers", "1", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20_000)


def test_every_variant_says_which_requirement_leaves_it_free():
    assert len(VARIANTS) >= 14
    for each in VARIANTS.values():
        assert each.text.endswith("."), each.name


def test_a_variant_lacks_requirements_of_strength_should_only():
    lacking = {name for each in VARIANTS.values() for name in each.without}
    assert {requirements()[name].strength for name in lacking} == {"SHOULD"}


def test_random_combinations_are_the_same_for_the_same_seed():
    assert random_mixtures(5, 1) == random_mixtures(5, 1) != random_mixtures(5, 2)


def test_a_combination_has_one_variant_about_each_thing():
    for mixture in random_mixtures(50, 1):
        about = [each.about for each in mixture.variants]
        assert len(about) == len(set(about)) > 1


@pytest.mark.parametrize("number", [1, 8, 50])
def test_mixtures_of_all_contain_each_variant_once(number):
    mixtures = mixtures_of_all(number)
    assert sorted(each.name for some in mixtures for each in some.variants) == sorted(VARIANTS)
    for some in mixtures:
        assert len({each.about for each in some.variants}) == len(some.variants)


@pytest.mark.parametrize(
    ("blamed", "passes"), [(["VW-14"], True), (["VW-14", "VW-06"], False), ([], False)]
)
def test_a_variant_may_fail_what_it_lacks_on_purpose_and_nothing_else(blamed, passes):
    finding = Finding("message-only", "killed", ["some-check"], blamed)
    assert Mixture.of("message-only").passes(finding) == passes


@pytest.mark.parametrize(("mixture", "checks"), SAMPLES.items())
def test_a_sample_of_variants_passes(mixture, checks):
    done = run(mixture, "--only", checks)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_controller_is_not_taken_for_a_variant(tmp_path):
    program = f"""
from pathlib import Path
from tests.variants import catalogue, runs
from reference_controller.kuscia_task import transitions
def wrong():
    transitions.TRANSITIONS["Running"].remove(transitions.succeed)
wrong = catalogue.Variant("wrong", "It never ends.", wrong, "the end", frozenset(), True)
mixture = runs.Mixture((wrong,))
found = lambda finding: print(mixture.passes(finding), finding)
runs.run_checks(Path({str(tmp_path)!r}), [mixture], found, only=["view-succeeded"])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.stdout.startswith("False"), done
    assert "checks=['view-succeeded']" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("--random", "10")])
def test_all_variants_and_ten_combinations_pass(pytestconfig, arguments):
    if not pytestconfig.getoption("full"):
        pytest.skip("runs with --full only")
    done = run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
