"""Tests which checks a run plans: by pytest's names, and whether they are the whole suite."""

import shutil

import pytest

from kuscia_conformance.errors import FeatureError, UsageError
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.features.selection import (
    ALL,
    cases_below,
    checks_named,
    claimed,
    named,
    pytest_name,
    suite_checks,
)

SUITE = suite_folder("features")


def test_the_features_of_the_suite_are_the_whole_suite():
    checks = {named(case.check) for case in cases_below([SUITE])}
    assert checks == suite_checks()


def test_copies_of_the_features_are_not_the_suite(tmp_path):
    shutil.copytree(SUITE, tmp_path / "features")
    checks = {named(case.check) for case in cases_below([tmp_path / "features"])}
    assert len(checks) == len(suite_checks())
    assert checks.isdisjoint(suite_checks())


def test_checks_are_found_by_the_names_that_pytest_gives():
    cases = cases_below([SUITE / "view" / "rules.feature"])
    tests = ["view/rules.feature::view-rules[failed]", "tests/test_x.py::view-rules[succeeded]"]
    assert [check.id for check in checks_named(tests, cases)] == ["view-rules#failed"]


def test_a_feature_outside_of_the_root_directory_has_no_file_in_its_name():
    cases = cases_below([SUITE / "view" / "rules.feature"])
    assert [c.id for c in checks_named(["::view-rules[failed]"], cases)] == ["view-rules#failed"]


def test_letters_beyond_ascii_are_escaped_as_pytest_does():
    assert pytest_name("a#\u00fc") == "a[\\xfc]"


def test_two_features_with_a_check_of_one_name_are_refused(tmp_path):
    for name in ("a.feature", "b.feature"):
        shutil.copy(SUITE / "view" / "rules.feature", tmp_path / name)
    cases = cases_below([tmp_path])
    with pytest.raises(FeatureError, match="@id:view-rules#succeeded is used twice"):
        checks_named([], cases)


def test_optional_features_are_claimed_by_name():
    cases = cases_below([SUITE])
    everything = claimed((ALL,), cases)
    assert "partner-domains" in everything
    assert claimed(("partner-domains",), cases) == {"partner-domains"}
    assert claimed((), cases) == frozenset()
    with pytest.raises(UsageError, match="--claim singing") as caught:
        claimed(("singing",), cases)
    assert "partner-domains" in caught.value.hint
