"""The results of one run of a feature, for replays with other features and documents."""

import os
import shutil
import subprocess
import sys

import pytest

FEATURE = """@core
Feature: Mine

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:mine-passes
  Scenario: A task that ends
    Given everything in alice and bob is noted
    When the task "psi" is created
    Then the status of "psi" matches "running.status.yaml"
    And the phases of "psi" were Pending, Running
    When the pods of "psi" finish
    Then the status of "psi" matches "ended.status.yaml"
    And kubectl shows "psi" as
      | NAME | STARTTIME | COMPLETIONTIME | LASTRECONCILETIME | PHASE     |
      | psi  | age       | age            | age               | Succeeded |
    And the phases of "psi" were Pending, Running, Succeeded
    When the task "psi" is deleted
    Then alice and bob hold what was noted, nothing else

  @id:mine-fails
  Scenario: A task whose document is wrong
    When the task "psi" is created
    Then the status of "psi" matches "wrong.status.yaml" within 3 s

  @id:mine-refused
  Scenario: A task that is refused
    When "task.yaml" without spec.initiator is applied
    Then it is refused, naming spec.initiator

  @id:mine-own-steps
  Scenario: Steps of an author
    When the task "psi" is created
    Then psi has 2 parties

  @id:mine-mistaken
  Scenario: A mistake of an author that only a run finds
    When the task "psi" is created
    Then psi has many parties

  @id:mine-elsewhere @needs:real-pods
  Scenario: Another cluster can do this
    When the task "psi" is created
    Then the pods of "psi" run
"""
STEPS = """
from kuscia_conformance.errors import UsageError
from pytest_bdd import parsers, then


@then(parsers.parse("{task} has {count:d} parties"))
def _(scenario, task, count):
    assert len(scenario.applied.task(task).manifest["spec"]["parties"]) == count


@then("psi has many parties")
def _(scenario):
    raise UsageError("many is no number", hint="write a number")
"""
TASK = """
apiVersion: kuscia.secretflow/v1alpha1
kind: KusciaTask
metadata: {name: refused, namespace: cross-domain}
spec:
  initiator: alice
  taskInputConfig: "{}"
  parties: [{domainID: alice, appImageRef: app-image}]
"""
FILES = {
    "mine.feature": FEATURE,
    "conftest.py": STEPS,
    "task.yaml": TASK,
    "running.status.yaml": "phase: Running\n",
    "ended.status.yaml": "phase: Succeeded\n",
    "wrong.status.yaml": "phase: Failed\n",
}


@pytest.fixture(scope="session")
def results_of_mine(tmp_path_factory):
    """The working folder of a run of FEATURE, with its `results`."""
    folder = tmp_path_factory.mktemp("mine")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-P", "-m", "kuscia_conformance", "run", "mine.feature"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    return folder


@pytest.fixture
def mine(results_of_mine, tmp_path, monkeypatch):
    """A copy of that folder, as the working folder."""
    folder = tmp_path / "mine"
    shutil.copytree(results_of_mine, folder)
    monkeypatch.chdir(folder)
    assert os.listdir("results/checks")
    return folder
