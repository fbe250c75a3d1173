"""Tests the problems that lint reports in features."""

import pytest

from kuscia_conformance.errors import UsageError
from tests.lint.given import lint, said_of, written


def said(path):
    return [str(problem).replace(f"{path.parent}/", "") for problem in lint([path]).problems]


def test_lint_reports_no_problem_in_a_valid_feature(tmp_path):
    findings = lint([written(tmp_path)])
    assert findings.problems == ()
    assert str(findings) == "1 feature, 3 checks, 1 document"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("@id:mine-runs ", "", "mine.feature:13: scenario 'It runs' needs one @id tag, found none"),
        ("@id:mine-rows", "@id:mine-runs", "mine.feature:17: @id:mine-runs is used twice, first"),
        ("| other |", "| first |", "mine.feature:17: @id:mine-rows#first is used twice"),
        ("@req:RN-01c", "@req:RN-99", "mine.feature:13: unknown tag @req:RN-99"),
        ("@core", "@cor", "unknown tag @cor"),
        ("| id    |", "| name  |", "mine.feature:22: Examples need a column 'id'"),
        ("      | first | alice |\n      | other | bob   |\n", "", "these Examples have no row"),
        ("| who   |", "| whom  |", "mine.feature:18: the Examples have no column 'who'"),
        ("Rows of <who>", "It runs", "scenario 'It runs' exists already, in line 13"),
        ("room for 1 pod", "place for 1 pod", "mine.feature:6: no such step: Given the domain"),
        ("mine.status.yaml", "my.status.yaml", "mine.feature:14: there is no file"),
        ("@req:RN-01c", "@req:RN-01c @req:VW-14", "mixes strengths: RN-01c MUST, VW-14 SHOULD"),
        ("| witness |", "| nothing |", "mine.feature:19: no witness for: no pod of \"psi\" was"),
        ("      | witness | the pods of \"probe\" are bound |\n", "", "there is no table below it"),
        ("are bound |", "are blue |", "mine.feature:19: this witness is not understood: "),
        ("are bound |", "are bound | x |", "mine.feature:20: expected 2 cells in the row, found 3"),
        ("Feature: Mine", "Featur: Mine", "mine.feature:3: this is not Gherkin"),
    ],
)  # fmt: skip
def test_lint_reports_a_problem_with_its_place(tmp_path, old, new, message):
    assert message in "\n".join(said(written(tmp_path, (old, new))))


def test_a_step_under_the_wrong_keyword_is_told_for_which_keyword_its_and_stands(tmp_path):
    steps = 'When the task "psi" is created\n    And the phases of "psi" were Pending'
    steps = f'{steps}\n    Then the status of "psi" matches "mine.status.yaml"'
    path = written(tmp_path, ('Then the status of "psi" matches "mine.status.yaml"', steps))
    [problem] = lint([path]).problems
    assert 'And the phases of "psi" were Pending (And stands for When here)' in str(problem)
    step = 'Then the phases of "psi" were Pending'
    assert problem.hint == f"this step stands behind Then: {step}"


def test_lint_reports_all_problems_of_a_feature_in_one_run(tmp_path):
    path = written(
        tmp_path,
        ("@id:mine-runs ", ""),
        ("room for 1 pod", "place for 1 pod"),
        ("@req:SC-01a", "@req:SC-99"),
        document="phse: Running\nphase: Running\nstartTme: !any\n",
    )
    places = [text.partition(": ")[0] for text in said(path)]
    expected = ["mine.feature:6", "mine.feature:13", "mine.feature:17"]
    assert places == [*expected, "mine.status.yaml:1:1", "mine.status.yaml:3:1"]


@pytest.mark.parametrize(
    ("step", "mistake", "hint"),
    [
        (
            'kubectl shows "psi" as',
            "15: expected 2 rows, found 1: | phase | x |",
            "| NAME | PHASE |",
        ),
    ],
)
def test_a_table_in_another_form_than_the_step_asks_for_is_reported(tmp_path, step, mistake, hint):
    path = written(
        tmp_path, ('the status of "psi" matches "mine.status.yaml"', f"{step}\n| phase | x |")
    )
    [problem] = lint([path]).problems
    assert f"mine.feature:{mistake}" in str(problem)
    assert hint in problem.hint


def test_a_table_below_a_step_that_takes_none_is_reported(tmp_path):
    table = '"mine.status.yaml"\n      | witness | the pods of "probe" are bound |'
    [text] = said(written(tmp_path, ('"mine.status.yaml"', table)))
    assert "it takes no table" in text


def test_an_invalid_document_is_reported_with_the_step_that_names_it(tmp_path):
    [text] = said(written(tmp_path, document="phase: !runing\n"))
    assert text.startswith("mine.status.yaml:1:8: there is no operator !runing")
    assert "named in mine.feature:14" in text


def test_a_document_that_a_file_must_match_may_have_operators(tmp_path):
    sentence = 'the file "/work/task.yaml" in the pods of alice matches "mine.yaml"'
    (tmp_path / "mine.yaml").write_text("parties: !any\n")
    status = 'the status of "psi" matches "mine.status.yaml"'
    path = written(tmp_path, (status, sentence), ("@req:RN-01c", "@req:CR-08"))
    assert said(path) == []


@pytest.mark.parametrize(
    ("step", "tag"),
    [
        ("the controller is killed", "faults"),
        ("the watches of the controller are cut off", "watch-faults"),
    ],
)
def test_a_scenario_that_harms_the_controller_needs_a_tag(tmp_path, step, tag):
    nodes = "    When the nodes of <who>"
    steps = ((nodes, f"    When {step}\n{nodes}"),)
    texts = said(written(tmp_path, *steps))
    assert f"mine.feature:18: mine-rows#first has no tag @needs:{tag}" in texts[0]
    tagged = ("@id:mine-rows", f"@needs:{tag} @id:mine-rows")
    (tmp_path / "other").mkdir()
    assert said(written(tmp_path / "other", *steps, tagged)) == []


def test_an_id_that_two_files_use_is_reported(tmp_path):
    (tmp_path / "other").mkdir()
    written(tmp_path / "other")
    written(tmp_path)
    texts = [str(problem) for problem in lint([tmp_path]).problems]
    assert len(texts) == 2
    assert all("is used twice, first in" in text for text in texts)


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"Feature: \xff\xfe\n"])
def test_a_file_that_is_not_a_feature_is_reported(tmp_path, content):
    path = tmp_path / "mine.feature"
    path.write_bytes(content)
    [text] = said(path)
    assert text.startswith("mine.feature")


def test_a_feature_without_scenarios_is_reported(tmp_path):
    path = tmp_path / "mine.feature"
    path.write_text("Feature: Mine\n")
    assert said(path) == ["mine.feature:1: there is no scenario in it"]


def test_a_document_can_be_linted_without_a_feature(tmp_path):
    (tmp_path / "mine.status.yaml").write_text("phse: Running\n")
    [problem] = lint([tmp_path / "mine.status.yaml"]).problems
    assert "mine.status.yaml:1:1: the status has no phse" in str(problem)


@pytest.mark.parametrize("name", ["nowhere.feature", "empty", "some.text"])
def test_a_path_without_features_or_documents_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "some.text").write_text("text")
    with pytest.raises(UsageError, match=name):
        lint([tmp_path / name])


def test_a_conftest_that_cannot_be_imported_is_reported(tmp_path):
    (tmp_path / "conftest.py").write_text("1 / 0\n")
    with pytest.raises(UsageError, match=r"conftest.py: cannot be imported: ZeroDivisionError"):
        lint([written(tmp_path)])


def test_an_id_that_the_suite_has_is_reported(tmp_path):
    [text] = said(written(tmp_path, ("@id:mine-runs", "@id:run-pod-fails")))
    assert text.startswith("mine.feature:13: the suite has a check @id:run-pod-fails already, in /")
    assert text.endswith("\n  choose another id, such as one that begins with mine-")


def test_a_document_in_the_features_own_folder_that_no_step_names_is_reported(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "old.status.yaml").write_text("phase: Running\n")
    (tmp_path / "other.status.yaml").write_text("phase: Running\n")
    hint = "delete it, or name it in mine.feature"
    assert said(written(tmp_path)) == [f"mine/old.status.yaml:1: no step uses this file\n  {hint}"]


#: Changes that are a mistake of the feature, because of which its documents may be unused.
MISTAKES = [
    ("@id:mine-runs ", ""),
    ("mine.status.yaml", "mne.status.yaml"),
    ("is created\n\n", "is creatd\n\n"),
    ("@req:SC-01a", "@req:SC-01a @req:VW-03a"),
    ("@id:mine-runs", "@id:run-pod-fails"),
]


@pytest.mark.parametrize(("old", "new"), MISTAKES)
def test_no_document_is_to_be_deleted_while_the_feature_has_another_mistake(tmp_path, old, new):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "old.status.yaml").write_text("phase: Running\n")
    found = said(written(tmp_path, (old, new)))
    assert found
    assert "delete it, or name it" not in "\n".join(found)


def test_a_folder_with_the_name_of_a_document_is_reported_as_a_folder(tmp_path):
    path = written(tmp_path)
    (tmp_path / "mine.status.yaml").unlink()
    (tmp_path / "mine" / "mine.status.yaml").mkdir(parents=True)
    [text] = said(path)
    assert text == (
        "mine.feature:14: 'mine.status.yaml' is a folder\n  expected a file: mine/mine.status.yaml"
    )


def test_a_field_that_a_manifest_cannot_have_is_reported(tmp_path):
    task = (
        "apiVersion: kuscia.secretflow/v1alpha1\nkind: KusciaTask\nmetadata: {name: own}\n"
        "spec: {initator: alice, parties: [{domainID: 7}]}\n"
    )
    (tmp_path / "own.yaml").write_text(task)
    [field, value] = said(written(tmp_path, ("    Then the status", f"{APPLY}    Then the status")))
    assert field.startswith("own.yaml:4:8: the KusciaTask has no spec.initator\n  did you mean ini")
    assert value.startswith("own.yaml:4:46: spec.parties[0].domainID is a string, and never 7")


APPLY = '    When "own.yaml" is applied\n'


def test_a_negative_step_without_its_table_is_reported_once_with_an_example(tmp_path):
    row = '      | witness | the pods of "probe" are bound |\n'
    [text] = said(written(tmp_path, (row, "")))
    assert text == (
        'mine.feature:19: Then no pod of "psi" was bound: there is no table below it\n'
        '  as in: Then no pod of "psi" was bound | witness | the pods of "probe" are bound |'
    )


@pytest.mark.parametrize(
    ("tags", "said_of_tag"),
    [
        ("@cor", "unknown tag @cor\n  did you mean @core? valid: @core, @exclusive, @provisional,"),
        ("@needs:fault", "unknown tag @needs:fault\n  did you mean @needs:faults? valid: @needs:"),
        ("@req:RN01", "unknown tag @req:RN01\n  did you mean @req:RN-"),
        ("@requ:RN-01c", "unknown tag @requ:RN-01c\n  did you mean @req:? valid: "),
    ],
)
def test_a_misspelt_tag_is_reported_with_the_one_that_was_meant(tmp_path, tags, said_of_tag):
    [text] = said(written(tmp_path, ("@id:mine-runs", f"{tags} @id:mine-runs")))
    assert text.startswith(f"mine.feature:13: {said_of_tag}")


def test_a_conftest_may_import_helper_modules_beside_it(tmp_path):
    (tmp_path / "helpers_of_mine.py").write_text('WORDS = "the moon is full"\n')
    text = "from helpers_of_mine import WORDS\nfrom pytest_bdd import given\n"
    (tmp_path / "conftest.py").write_text(f"{text}@given(WORDS)\ndef _():\n    pass\n")
    step = '    And the task "probe" is created\n'
    assert said(written(tmp_path, (step, f"{step}    And the moon is full\n"))) == []


def test_a_row_without_a_cell_is_reported_once(tmp_path):
    [witness, row] = said_of(tmp_path, 'Then no pod of "psi" was bound', "  |")
    assert witness.startswith('mine.feature:9: no witness for: no pod of "psi" was bound')
    assert row.startswith("mine.feature:10: the row has no cell: |  |")
    [row] = said_of(tmp_path, 'And the task "probe" has', "  |")
    assert row.startswith("mine.feature:10: the row has no cell: |  |")


def test_a_document_is_not_called_unused_if_its_name_is_misspelt(tmp_path):
    path = written(tmp_path, ('"mine.status.yaml"', '"mine.statu.yaml"'))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine.status.yaml").rename(tmp_path / "mine" / "mine.status.yaml")
    [problem] = said(path)
    assert "there is no file 'mine.statu.yaml'" in problem
