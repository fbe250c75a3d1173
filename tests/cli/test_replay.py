"""The command `replay`: what it prints, and its exit codes."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kuscia_conformance.cli.main import cli
from kuscia_conformance.errors import UsageError
from kuscia_conformance.evidence.plan import Plan, PlannedCheck, write_plan
from kuscia_conformance.evidence.record import FORMAT
from kuscia_conformance.evidence.results import Result, write_result
from kuscia_conformance.features.checks import Check
from kuscia_conformance.replay.run import replay

MINE = Check("mine-a", "mine.feature", 5, "A", ())
PLAN = Plan(
    (
        PlannedCheck(MINE, ""),
        PlannedCheck(replace(MINE, id="mine-b", line=8), "", unmet="needs real-pods"),
    ),
    partial=True,
)
FEATURE = """@core
Feature: Mine
  @id:mine-a
  Scenario: A
    When "task.yaml" without spec.initiator is applied
    Then it is refused, naming spec.initiator
"""
ABOUT = {
    "format": FORMAT,
    "scenario": "mine-a",
    "feature": "mine.feature",
    "token": "ghkmnp",
    "began": "2026-01-01T00:00:00+00:00",
    "timeouts": {"status": 20},
    "cluster": "embedded",
    "can": [],
    "controller": "reference",
}
STEP = {
    "began": "2026-01-01T00:00:01+00:00",
    "ended": "2026-01-01T00:00:02+00:00",
    "length": [0, 0],
    "cursor": 0,
}
STATE = {
    "refusal": {
        "code": 422,
        "reason": "Invalid",
        "message": "spec.initiator is required",
        "status": {"details": {"causes": [{"field": "spec.initiator"}]}},
    }
}
WHEN = {"step": "When", "text": '"task.yaml" without spec.initiator is applied', "looks": False}
THEN = {"step": "Then", "text": "it is refused, naming spec.initiator", "looks": True}
MANIFEST = "apiVersion: v1\nkind: Thing\nmetadata: {name: x}\nspec: {initiator: a}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a feature, and the results of a run of it."""
    check = tmp_path / "results" / "checks" / "mine-a"
    check.mkdir(parents=True)
    (check / "events.ndjson").write_text("")
    lines = [ABOUT, {**WHEN, **STEP, "state": STATE}, {**THEN, **STEP}, {"cleaned": ""}]
    (check / "steps.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "mine.feature").write_text(FEATURE)
    (tmp_path / "task.yaml").write_text(MANIFEST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(folder, *options, outcome="pass", **found):
    """Returns the exit code and the output of the command."""
    write_plan(folder / "results", PLAN)
    write_result(folder / "results", MINE, Result("mine-a", outcome, **found))
    done = CliRunner().invoke(cli, ["replay", "results", *options])
    return done.exit_code, done.output


SUMMARY = "not replayable; 1 skipped in the run\n"


def test_a_run_that_is_judged_the_same_prints_one_line(folder):
    assert told(folder) == (
        0,
        f"1 check replayed: 1 same, 0 differ, 0 no evidence, 0 {SUMMARY}",
    )


def test_a_check_that_ends_otherwise_is_shown_with_its_text(folder):
    code, output = told(folder, outcome="fail", text="expected a refusal")
    assert code == 1
    assert output.startswith("mine-a: fail → pass\n1 check replayed: 0 same, 1 differ")


def test_a_check_that_cannot_be_judged_again_is_shown_with_the_reason(folder):
    (folder / "mine.feature").write_text(FEATURE.replace("spec.initiator is", "spec.parties is"))
    code, output = told(folder)
    assert code == 3
    assert "mine-a: pass → not replayable\n    the step has changed: When" in output


@pytest.mark.parametrize(("only", "code"), [("mine-a", 0), ("mine*", 0), ("mine-b", 3)])
def test_some_checks_can_be_chosen(folder, only, code):
    assert told(folder, "--only", only)[0] == code


@pytest.mark.parametrize("only", ["", ",", " , "])
def test_an_empty_choice_is_refused_as_by_run(folder, only):
    write_plan(folder / "results", PLAN)
    with pytest.raises(UsageError, match="--only: names no check"):
        CliRunner().invoke(
            cli,
            ["replay", "results", "--only", only],
            catch_exceptions=False,
            standalone_mode=False,
        )


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nope.feature", "there is no such feature or folder"),
        ("task.yaml", "this is no feature of the run\n  features of the run: mine.feature"),
        ("empty", "this folder has no feature of the run\n  features of the run: mine.feature"),
        ("x" * 300, "cannot be read: File name too long"),
    ],
)
def test_a_path_that_is_no_feature_of_the_run_is_refused(folder, path, said):
    write_plan(folder / "results", PLAN)
    (folder / "empty").mkdir()
    with pytest.raises(UsageError, match=re.escape(f"--features {path}: {said}")):
        replay(folder / "results", features=[folder / "mine.feature", Path(path)])


def test_a_requirement_that_is_decided_otherwise_is_shown(folder):
    (folder / "mine.feature").write_text(FEATURE.replace("@id:mine-a", "@id:mine-a @req:CR-02a"))
    code, output = told(folder, requirements={"CR-02a": "undecided"})
    assert code == 1
    assert output.startswith("mine-a: pass → pass\n  CR-02a: undecided → pass\n1 check ")


def test_a_check_that_was_not_run_has_no_evidence(folder):
    told(folder)
    (folder / "results" / "checks" / "mine-a" / "result.json").unlink()
    done = CliRunner().invoke(cli, ["replay", "results"])
    assert done.exit_code == 3
    assert "mine-a: not run → no evidence" in done.output


def test_the_help_shows_an_example():
    output = CliRunner().invoke(cli, ["replay", "--help"]).output
    assert "Example: kuscia-conformance replay results --only view,run-pod-fails" in output
    assert "Needs no cluster." in output
