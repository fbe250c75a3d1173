"""Tests the collection of feature files as tests, and problems that stop a run before it starts."""

import pytest

FEATURE = """
@core
Feature: Mine

  @id:mine-runs @req:RN-01c
  Scenario: It runs
    Given the domain alice with room for 1 pod
    And the task "psi" of alice
    When the task "psi" is created
    Then the status of "psi" matches "mine.status.yaml"

  @exclusive @id:mine-rows @req:SC-01b @req:SC-08
  Scenario Outline: Rows of <who>
    Given the domains <who> and carol, each with room for 1 pod
    Then the pods of <who> are bound

    Examples:
      | id    | who   |
      | first | alice |
      | other | bob   |
"""


@pytest.fixture
def features(pytester, monkeypatch):
    """Returns a function that writes a feature and collects it."""
    monkeypatch.chdir(pytester.path)

    def collect(text=FEATURE, *options, document="phase: Running\n"):
        pytester.path.joinpath("mine.feature").write_text(text)
        pytester.path.joinpath("mine.status.yaml").write_text(document)
        arguments = ["--collect-only", "-q", "-p", "no:cacheprovider", *options]
        return pytester.runpytest_subprocess("mine.feature", *arguments)

    return collect


def collected(result):
    return [line for line in result.outlines if "::" in line]


def test_the_tags_of_examples_are_no_marks(features):
    tagged = FEATURE.replace("    Examples:", "    @req:SC-02b\n    Examples:")
    result = features(tagged, "--strict-markers")
    assert len(collected(result)) == 3


def test_scenarios_are_tests_named_by_their_ids(features):
    result = features()
    assert collected(result) == [
        "mine.feature::mine-runs",
        "mine.feature::mine-rows[first]",
        "mine.feature::mine-rows[other]",
    ]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["-m", "not exclusive"], ["mine-runs"]),
        (["-m", "core and exclusive"], ["mine-rows[first]", "mine-rows[other]"]),
        (["-k", "first"], ["mine-rows[first]"]),
        (["--kuscia-only", "SC-08"], ["mine-rows[first]", "mine-rows[other]"]),
        (["--kuscia-only", "mine-rows#other"], ["mine-rows[other]"]),
        (["--kuscia-only", "mine-run?"], ["mine-runs"]),
    ],
)
def test_scenarios_can_be_selected_by_marker_keyword_and_check(features, options, names):
    assert [line.partition("::")[2] for line in collected(features(FEATURE, *options))] == names


@pytest.mark.parametrize(
    ("options", "said"),
    [([], True), (["--kuscia-only", "mine-runs"], True), (["--kuscia-only", "mine-rows"], False)],
)
def test_an_invalid_scenario_stops_only_runs_that_select_it(features, options, said):
    text = FEATURE.replace("Given the domain alice with", "Given the domain alize wiht")
    result = features(text, *options)
    assert ("no such step: Given the domain alize" in result.stdout.str()) == said
    assert (len(collected(result)) == 2) != said


def test_selecting_no_check_is_a_usage_error(features):
    result = features(FEATURE, "--kuscia-only", "nothing")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--kuscia-only nothing: no check has this name" in result.stderr.str()


def test_steps_of_a_conftest_can_be_used_beside_those_of_the_suite(features, pytester):
    pytester.makeconftest(
        """
        from pytest_bdd import given

        @given("the moon is full")
        def _():
            pass
        """
    )
    text = FEATURE.replace(
        "Given the domain alice", "Given the moon is full\n    And the domain alice"
    )
    assert "mine.feature::mine-runs" in collected(features(text))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("@id:mine-runs ", "", "mine.feature:6: scenario 'It runs' needs one @id tag, found none"),
        ("@id:mine-runs", "@id:mine-runs @id:x", "found mine-runs, x"),
        ("@id:mine-rows", "@id:mine-runs", "@id:mine-runs is used twice"),
        ("@req:RN-01c", "@req:RN-99", "unknown tag @req:RN-99"),
        ("@core", "@cor", "unknown tag @cor"),
        ("| id    |", "| name  |", "Examples need a column 'id'"),
        ("room for 1 pod", "place for 1 pod", "no such step: Given the domain alice with place"),
        ('"mine.status.yaml"', '"yours.status.yaml"', "there is no file 'yours.status.yaml'"),
        ("Feature: Mine", "Featur: Mine", "this is not Gherkin"),
    ],
)
def test_an_invalid_feature_interrupts_the_run_with_a_message(features, old, new, message):
    result = features(FEATURE.replace(old, new))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert message in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("phase: !runing\n", "mine.status.yaml:1:8: there is no operator !runing"),
        ("phase: [\n", "invalid YAML"),
        ("phse: Running\n", "the status has no phse"),
    ],
)
def test_an_invalid_document_interrupts_the_run_before_any_test(features, document, message):
    result = features(document=document)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert message in result.stdout.str()
    assert "mine.feature:10" in result.stdout.str()


def test_a_feature_that_is_not_text_is_refused(features, pytester):
    features()
    pytester.path.joinpath("mine.feature").write_bytes(b"Feature: \xff\xfe\n")
    result = pytester.runpytest_subprocess(
        "mine.feature", "--collect-only", "-p", "no:cacheprovider"
    )
    assert "not UTF-8" in result.stdout.str()
