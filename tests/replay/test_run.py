"""Replays of a run: what a changed feature or document would have said, and what cannot be said."""

import re
from collections import Counter
from pathlib import Path

import pytest

from kuscia_conformance.errors import UsageError
from kuscia_conformance.replay.run import replay


def replayed(only=(), features=()):
    """Returns each check with its word, its outcome and its text."""
    found = replay(Path("results"), only, features)
    return {each.recorded.check.id: (each.word, each.judged) for each in found.checks}


def changed(file, before, after):
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_a_replay_gives_the_outcomes_and_texts_of_the_run(mine):
    found = replay(Path("results"))
    assert str(found) == (
        "5 checks replayed: 5 same, 0 differ, 0 no evidence, 0 not replayable; 1 skipped in the run"
    )
    assert found.exit_code == 0
    outcomes = Counter(each.judged.outcome for each in found.checks)
    assert outcomes == {"pass": 3, "fail": 1, "error": 1, "skipped": 1}


def test_the_text_of_a_failure_is_that_of_the_run(mine):
    [fails] = replay(Path("results"), ["mine-fails"]).checks
    assert "phase  Failed    Running" in fails.judged.text
    assert "reference-controller" in fails.judged.text
    assert "controller, last lines" in fails.judged.text
    assert fails.judged.text.split() == fails.recorded.text.split()


def test_the_text_of_an_authors_mistake_is_that_of_the_run(mine):
    [mistaken] = replay(Path("results"), ["mine-mistaken"]).checks
    assert mistaken.word == "same"
    assert "mine.feature:41: many is no number: Then psi has many" in mistaken.judged.text


def test_a_document_that_is_right_now_passes(mine):
    (mine / "wrong.status.yaml").write_text("phase: Running\n")
    word, judged = replayed()["mine-fails"]
    assert (word, judged.outcome) == ("differs", "pass")


def test_a_document_that_the_run_cannot_decide_has_no_evidence_and_says_what_was_seen(mine):
    (mine / "running.status.yaml").write_text("phase: Running\nreason: Other\n")
    word, judged = replayed()["mine-passes"]
    assert word == "no evidence"
    assert "did not look on" in judged.text
    assert re.search(r"reason +Other", judged.text)


def test_a_then_that_does_not_wait_fails_by_what_was_seen(mine):
    changed(mine / "mine.feature", "were Pending, Running\n", "were Running, Pending\n")
    word, judged = replayed()["mine-passes"]
    assert (word, judged.outcome) == ("differs", "fail")
    assert "expected: the phases Running, Pending" in judged.text


def test_a_changed_cell_of_kubectl_is_compared_with_the_recorded_table(mine):
    changed(mine / "mine.feature", "| Succeeded |", "| Failed    |")
    _, judged = replayed()["mine-passes"]
    assert "PHASE: expected Failed, actual Succeeded" in judged.text


def test_a_shorter_limit_counts_from_the_moment_at_which_the_wait_began(mine):
    changed(mine / "mine.feature", '"ended.status.yaml"', '"ended.status.yaml" within 0 s')
    word, judged = replayed()["mine-passes"]
    assert (word, judged.outcome) == ("differs", "fail")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("room for 1 pod", "room for 2 pods", "the step has changed: Given the domains"),
        ('    When the pods of "psi" finish\n', "", "the step has changed: When the task"),
        ("initiator is applied", "parties is applied", "the step has changed: When"),
    ],
)
def test_a_scenario_that_acts_in_another_way_is_not_replayable(mine, before, after, said):
    changed(mine / "mine.feature", before, after)
    found = [judged for word, judged in replayed().values() if word == "not replayable"]
    assert found
    assert said in found[0].text


def test_a_manifest_that_has_changed_makes_its_scenario_not_replayable(mine):
    changed(mine / "task.yaml", "alice, appImageRef", "bob, appImageRef")
    words = {name: word for name, (word, _) in replayed().items()}
    assert words["mine-refused"] == "not replayable"
    assert words["mine-passes"] == "same"


def test_a_then_that_the_run_did_not_have_has_no_evidence(mine):
    then = "    Then it is refused, naming spec.initiator\n"
    changed(mine / "mine.feature", then, then + "    And it is refused, naming spec.parties\n")
    word, judged = replayed()["mine-refused"]
    assert word == "no evidence"
    assert "no record of this step: And it is refused, naming spec.parties" in judged.text


def test_a_then_that_was_removed_is_not_missed(mine):
    changed(mine / "mine.feature", '    And the phases of "psi" were Pending, Running\n', "")
    assert replayed()["mine-passes"][0] == "same"


def test_an_authors_own_step_judges_again(mine):
    changed(mine / "mine.feature", "psi has 2 parties", "psi has 3 parties")
    word, judged = replayed(["mine-own-steps"])["mine-own-steps"]
    assert (word, judged.outcome) == ("differs", "error")


def test_an_authors_step_that_needs_a_fixture_is_not_replayable(mine):
    changed(mine / "conftest.py", "(scenario, task, count)", "(scenario, task, count, tmp_path)")
    word, judged = replayed(["mine-own-steps"])["mine-own-steps"]
    assert word == "not replayable"
    assert "needs the fixture tmp_path" in judged.text


def test_a_mistake_in_a_document_is_reported_with_its_line(mine):
    (mine / "wrong.status.yaml").write_text("phaze: Running\n")
    word, judged = replayed(["mine-fails"])["mine-fails"]
    assert word == "not replayable"
    assert "wrong.status.yaml:1:1: the status has no phaze" in judged.text


def test_a_check_without_files_has_no_evidence(mine):
    (mine / "results" / "checks" / "mine-fails" / "events.ndjson").unlink()
    (mine / "results" / "checks" / "mine-passes" / "steps.ndjson").unlink()
    found = replayed()
    assert found["mine-fails"][0] == found["mine-passes"][0] == "no evidence"
    assert "events.ndjson: cannot be read" in found["mine-fails"][1].text


def test_a_history_that_is_shorter_than_the_steps_say_is_no_evidence(mine):
    events = mine / "results" / "checks" / "mine-passes" / "events.ndjson"
    events.write_text("".join(events.read_text().splitlines(keepends=True)[:9]))
    word, judged = replayed()["mine-passes"]
    assert word == "no evidence"
    assert "events.ndjson has 9 events, and a step saw" in judged.text


def test_a_feature_that_has_moved_can_be_named(mine):
    (mine / "moved").mkdir()
    for name in ("mine.feature", "conftest.py", "task.yaml"):
        (mine / name).rename(mine / "moved" / name)
    for file in mine.glob("*.status.yaml"):
        file.rename(mine / "moved" / file.name)
    assert {word for word, _ in replayed().values()} == {"no evidence"}
    found = {word for word, _ in replayed(features=[Path("moved")]).values()}
    assert found == {"same", "skipped"}


def test_a_check_that_the_feature_no_longer_has_is_not_replayable(mine):
    changed(mine / "mine.feature", "@id:mine-refused", "@id:mine-renamed")
    word, judged = replayed()["mine-refused"]
    assert word == "not replayable"
    assert "mine.feature has no check of this name any more" in judged.text


def test_a_name_that_the_run_does_not_have_is_refused(mine):
    with pytest.raises(UsageError, match="--only typo: the run has no check of this name"):
        replay(Path("results"), ["typo"])


def test_a_folder_without_a_plan_is_refused(mine):
    with pytest.raises(UsageError, match="there is no evidence of a run"):
        replay(Path("elsewhere"))


def test_a_damaged_plan_is_refused(mine):
    (mine / "results" / "plan.json").write_text("3")
    with pytest.raises(UsageError, match="this is not the plan of a run"):
        replay(Path("results"))


def test_evidence_has_no_paths_of_the_machine_and_no_credentials(mine):
    for file in (mine / "results" / "checks").rglob("*.ndjson"):
        text = file.read_text()
        assert str(mine.parent) not in text
        assert "kubeconfig" not in text
        assert "/tmp/" not in text.replace('"/tmp/exit"', "")
