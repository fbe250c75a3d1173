"""What every pytest session gets: options, and nothing else until it asks."""

import pytest

FEATURE = """
Feature: F
  @id:mine @req:RN-01
  Scenario: Mine
    Given the domain alice with room for 1 pod
"""


@pytest.fixture
def project(pytester):
    """A project with a package called harness, a feature, and a test."""
    pytester.mkpydir("harness").joinpath("mine.py").write_text("HERE = True\n")
    pytester.makefile(".feature", mine=FEATURE)
    pytester.makepyfile(
        """
        import sys

        def test_theirs():
            import harness.mine
            assert harness.mine.HERE
            assert "kubernetes" not in sys.modules
            assert "kuscia_conformance.pytest_plugin.hooks" not in sys.modules
        """
    )
    return pytester


def test_a_project_with_a_harness_of_its_own_is_left_alone(project):
    result = project.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_features_are_not_collected_unless_asked_for(project):
    result = project.runpytest_subprocess("--collect-only", "-q")
    assert "mine.feature" not in result.stdout.str()


def test_help_names_the_options(pytester):
    result = pytester.runpytest_subprocess("--help")
    result.stdout.fnmatch_lines(["conformance of KusciaTask*", "*--kuscia-cluster*"])
