"""What the evidence has of each step of a scenario that runs."""

import pytest
from pytest_bdd.parser import Step

from kuscia_conformance.evidence.files import folder_of
from kuscia_conformance.evidence.record import read_record
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.tasks import make_task
from kuscia_conformance.scenario.lifecycle import scenario_lifecycle
from kuscia_conformance.scenario.observed import pods

CHECK = Check("mine", "mine.feature", 1, "Mine", ())


def does(scenario, keyword, text, act, *, looks):
    step = Step(text, keyword.lower(), 0, 1, keyword)
    scenario.begins(step, looks=looks)
    try:
        act()
    except AssertionError as error:
        scenario.ends(step, error)
    else:
        scenario.ends(step)


@pytest.fixture(scope="module")
def record(stage, tmp_path_factory):
    """The record of a scenario in which a task is created and awaited, and a wait fails."""
    feature = tmp_path_factory.mktemp("mine") / "mine.feature"
    feature.write_text("Feature: Mine\n")
    with scenario_lifecycle(CHECK, feature, stage) as it:
        does(it, "Given", "domains", lambda: it.domains.add(["alice", "bob"], 1), looks=False)
        task = make_task("psi", ["alice", "bob"], {})
        does(it, "Given", "a task", lambda: it.applied.define(task), looks=False)
        does(it, "When", "created", lambda: it.applied.create("psi"), looks=False)
        does(it, "Then", "run", lambda: pods.await_state(it, "psi", "run"), looks=True)
        does(it, "Then", "end", lambda: pods.await_state(it, "psi", "have ended"), looks=True)
    return read_record(folder_of(stage.settings.out, CHECK))


def test_the_first_line_says_under_which_circumstances_the_scenario_ran(record):
    about = record.about
    assert (about["scenario"], about["cluster"], about["controller"]) == (
        "mine",
        "embedded",
        "reference",
    )
    assert about["timeouts"]["factor"] == 1
    assert len(about["token"]) == 6
    assert "exec" in about["can"]


def test_a_step_that_acts_leaves_the_state_that_it_has_changed(record):
    domains, task, created, *_ = record.steps
    assert domains.state["nodes"].keys() == {"alice", "bob"}
    assert task.state.keys() == {"tasks"}
    assert task.state["tasks"]["psi"]["uid"] == ""
    assert created.state["tasks"]["psi"]["uid"]
    assert created.files.keys() == {"app-image.yaml"}


def test_a_step_that_looks_leaves_its_wait_and_what_it_saw(record):
    run = record.steps[3]
    [wait] = run.waits
    assert (wait.seconds, wait.found, wait.length) == (30, True, run.last)
    assert run.first < run.last
    assert run.state == {}
    assert run.began <= run.ended <= wait.deadline


def test_a_wait_that_fails_leaves_what_its_text_says_beyond_the_events(record):
    end = record.steps[4]
    [wait] = end.waits
    assert not wait.found
    assert (end.error or {})["class"] == "CheckFailed"
    assert [answer["asked"] for answer in end.answers] == [
        "whether the API server answers",
        "the controller's last words",
        "the controller's last lines",
        "the controller's latest request",
        "the statuses that were dropped",
    ]


def test_the_requests_that_changed_something_are_the_suites_acts(stage, record):
    file = folder_of(stage.settings.out, CHECK) / "steps.ndjson"
    lines = file.read_text()
    assert "create /api/v1/namespaces/alice" in lines
    assert "/v1alpha1/namespaces/cross-domain/kusciatasks/psi" in lines
    assert record.about["token"] not in lines.partition("\n")[2]
