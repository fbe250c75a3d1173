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
    require_unique,
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


def test_two_features_with_checks_of_the_same_ids_are_refused_with_all_of_them(tmp_path):
    text = "Feature: F\n" + "".join(
        f"  @id:{name}\n  Scenario: {name}\n    Given the domain alice\n" for name in "xyz"
    )
    (tmp_path / "a.feature").write_text(text)
    (tmp_path / "b.feature").write_text(text.replace("@id:z", "@id:other"))
    cases = cases_below([tmp_path])
    with pytest.raises(FeatureError) as raised:
        require_unique(cases)
    assert str(raised.value).replace(f"{tmp_path}/", "") == (
        "b.feature:3: @id:x is used twice, first in a.feature:3\n"
        "  give each check an id of its own\n"
        "b.feature:6: @id:y is used twice, first in a.feature:6\n"
        "  give each check an id of its own"
    )
    require_unique(cases_below([tmp_path / "a.feature", tmp_path / "a.feature"]))


def test_the_suites_own_ids_are_unique():
    require_unique(cases_below([SUITE]))


def test_optional_features_are_claimed_by_name():
    cases = cases_below([SUITE])
    everything = claimed((ALL,), cases)
    assert "partner-domains" in everything
    assert claimed(("partner-domains",), cases) == {"partner-domains"}
    assert claimed((), cases) == frozenset()
    with pytest.raises(UsageError, match="--claim singing") as caught:
        claimed(("singing",), cases)
    assert "partner-domains" in caught.value.hint
