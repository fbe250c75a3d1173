"""Tests the checks that are read from the tags of scenarios."""

from pathlib import Path
from typing import Any

import pytest

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.checks import (
    check_from_tags,
    requirements,
    strength,
    tag_problems,
)
from kuscia_conformance.features.folders import (
    suite_folder,
)

FACTS: dict[str, Any] = {"line": 4, "title": "It runs"}


def check(*tags, row=None):
    feature = suite_folder("features") / "run" / "failure.feature"
    return check_from_tags(tags, feature=feature, row=row, **FACTS)


def test_the_tags_of_a_scenario_define_its_check():
    found = check("id:run-x", "req:SC-02b", "req:RN-01c", "needs:real-pods", "exclusive", "core")
    assert found.id == "run-x"
    assert found.requirements == ("RN-01c", "SC-02b")
    assert found.needs == {"real-pods"}
    assert found.exclusive
    assert (found.level, found.area, found.feature) == ("core", "run", "run/failure.feature")


def test_each_row_of_an_outline_is_a_check():
    assert check("id:run-x", row="alice").id == "run-x#alice"


def test_the_extended_tag_sets_the_level_of_a_check():
    assert check("id:x", "extended:metrics").level == "extended:metrics"


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ([], "needs one @id tag, found none"),
        (["id:a", "id:b"], "found a, b"),
        (["id:a", "req:XX-99"], "unknown tag @req:XX-99"),
        (["id:a", "slow"], "unknown tag @slow"),
        (["id:a", "needs:gpu"], "unknown tag @needs:gpu"),
        (["id:a", "level:core"], "unknown tag @level:core"),
    ],
)
def test_missing_doubled_and_unknown_tags_are_refused(tags, words):
    [problem] = tag_problems(tags, "failure.feature:4", "It runs")
    assert words in str(problem)
    assert "failure.feature:4" in str(problem)


def test_every_mistake_in_the_tags_is_reported():
    assert len(list(tag_problems(["slow"], "failure.feature:4", "It runs"))) == 2


@pytest.mark.parametrize("tags", [[], ["id:a", "id:b"]])
def test_a_scenario_without_exactly_one_id_is_not_a_check(tags):
    with pytest.raises(FeatureError, match="needs one @id tag"):
        check(*tags)


@pytest.mark.parametrize("pattern", ["run-x", "run-x#row", "run", "run-*", "SC-0?", "run/failure"])
def test_a_check_is_found_by_its_id_area_feature_and_requirements(pattern):
    assert check("id:run-x", "req:SC-02b", row="row").is_named([pattern])


def test_a_check_is_not_found_by_other_names():
    assert not check("id:run-x", "req:SC-02b").is_named(["clean", "run-y", "SC-03"])


def test_a_feature_outside_the_suite_is_called_by_its_file_name():
    found = check_from_tags(["id:x"], feature=Path("/elsewhere/mine.feature"), **FACTS)
    assert found.feature == "mine.feature"


def test_the_strength_of_a_check_is_the_highest_of_its_requirements():
    assert strength(check("id:x", "req:VW-14")) == "SHOULD"
    assert strength(check("id:x", "req:VW-14", "req:VW-06")) == "MUST"


def test_every_requirement_has_a_strength_and_a_source():
    for requirement in requirements().values():
        assert requirement.strength in ("MUST", "SHOULD", "MAY")
        assert requirement.source
        assert requirement.text.endswith(".")
