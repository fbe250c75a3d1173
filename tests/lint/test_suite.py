"""Tests lint for the whole suite: uncovered requirements and unused files."""

from dataclasses import replace
from pathlib import Path

import pytest

from kuscia_conformance.features.catalogue import suite_cases
from kuscia_conformance.features.checks import Check, Requirement, requirements
from kuscia_conformance.features.comparisons import claims_of, compared_by
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.features.ownership import fits, owners
from kuscia_conformance.features.reader import read_feature, suite_features
from kuscia_conformance.lint.coverage import gaps, repeated, unused, used_files
from kuscia_conformance.steps import definitions
from tests.lint.given import lint

AREAS = ["create", "view", "run", "schedule", "clean"]


@pytest.mark.parametrize("area", AREAS)
def test_the_features_of_the_suite_have_no_problems(area):
    findings = lint([suite_folder("features") / area])
    assert [str(problem) for problem in findings.problems] == []
    assert findings.checks > 0


def check(name, *covered, needs=()):
    return Check(name, "run/x.feature", 1, name, covered, needs=frozenset(needs))


CATALOGUE = {
    "RN-01c": Requirement("RN-01c", "MUST", "It runs.", "page"),
    "RN-03a": Requirement("RN-03a", "SHOULD", "It runs well.", "page"),
    "XX-01": Requirement("XX-01", "MAY", "It sings.", "nobody"),
}


def said(*checks):
    return [str(problem).partition(": ")[2] for problem in gaps(checks, CATALOGUE)]


def test_a_must_or_should_requirement_without_a_check_is_reported():
    [must, should] = said()
    assert must.startswith("RN-01c (MUST) has no check")
    assert should.startswith("RN-03a (SHOULD) has no check")
    assert said(check("a", "RN-01c"), check("b", "RN-03a")) == []


def test_an_uncovered_requirement_is_reported_with_its_line():
    place = str(next(gaps([], CATALOGUE))).partition(": ")[0]
    path, _, line = place.rpartition(":")
    assert Path(path).read_text().splitlines()[int(line) - 1] == "- id: RN-01c"


def test_a_requirement_that_is_listed_twice_is_reported(tmp_path, monkeypatch):
    assert list(repeated()) == []
    (tmp_path / "requirements.yaml").write_text("- id: RN-01c\n- id: RN-02a\n- id: RN-01c\n")
    monkeypatch.setattr("kuscia_conformance.lint.coverage.suite_folder", lambda _: tmp_path)
    [problem] = repeated()
    assert "requirements.yaml:3: RN-01c exists already, in line 1" in str(problem)


def test_a_must_that_is_checked_with_real_pods_only_is_reported():
    real = check("real", "RN-01c", "RN-03a", needs=["real-pods"])
    [text] = said(real)
    assert text.startswith("RN-01c (MUST) is covered only with real pods")
    assert text.partition("\n")[0].endswith("do not decide: real")
    assert said(real, check("other", "RN-01c")) == []


@pytest.mark.parametrize("level", ["provisional", "extended:partner-domains"])
def test_a_must_that_only_undecided_checks_cover_is_reported(level):
    [text] = said(replace(check("may-change", "RN-01c", "RN-03a"), level=level))
    assert text.partition("\n")[0].endswith("do not decide: may-change")


def test_a_fixture_file_that_no_step_uses_is_reported():
    cases = [case for path in suite_features() for case in read_feature(path, definitions()).cases]
    used = used_files(cases)
    assert list(unused(used)) == []
    one = FixtureFiles(suite_folder("features") / "run" / "failure.feature").find(
        "failed.status.yaml"
    )
    [problem] = unused(used - {one.resolve()})
    assert "fixtures/run/failure/failed.status.yaml:1: no step uses this file" in str(problem)
    assert "features/run/failure.feature" in problem.hint


def test_every_pattern_of_the_catalogue_owns_a_comparison_of_a_check():
    used = set()
    for case in suite_cases(definitions()):
        claims = claims_of(case.check)
        for subject in {each for step in compared_by(case, definitions()) for each in step}:
            for name in owners(subject, claims):
                used |= {(name, pattern) for pattern in claims[name] if fits(pattern, subject)}
    owned = {(each.id, pattern) for each in requirements().values() for pattern in each.owns}
    owned = {(name, pattern) for name, pattern in owned if not pattern.startswith("rules[")}
    assert owned - used == set()


def test_every_requirement_owns_something():
    assert [each.id for each in requirements().values() if not each.owns] == []


def test_lint_without_paths_checks_the_whole_suite():
    findings = lint()
    assert findings.requirements == len(requirements())
    assert findings.features == len(suite_features())
    assert lint([suite_folder("features")]).requirements == len(requirements())
