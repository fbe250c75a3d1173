"""A valid feature with its document; tests change parts of it to make it invalid."""

import kuscia_conformance.lint
from kuscia_conformance.steps import definitions

FEATURE = """
@core
Feature: Mine

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice
    And the task "probe" of alice
    And the task "psi" is created
    And the task "probe" is created

  @id:mine-runs @req:RN-01c
  Scenario: It runs
    Then the status of "psi" matches "mine.status.yaml"

  @id:mine-rows @req:SC-01a
  Scenario Outline: Rows of <who>
    When the nodes of <who> have room for 2 pods
    Then no pod of "psi" was bound
      | witness | the pods of "probe" are bound |

    Examples:
      | id    | who   |
      | first | alice |
      | other | bob   |
"""


def lint(paths=()):
    """Returns what lint finds with the steps of the suite."""
    return kuscia_conformance.lint.lint(definitions(), paths)


def written(folder, *changes, document="phase: Running\n"):
    """Writes the feature and returns its path; `changes` are pairs of an old and a new text."""
    text = FEATURE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "mine.status.yaml").write_text(document)
    (folder / "mine.feature").write_text(text)
    return folder / "mine.feature"


#: What most scenarios begin with; a test adds the step that it is about, in line 9.
BEGINS = """@core
Feature: Mine
  @id:mine
  Scenario: It runs
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    And the task "probe" of alice
    And the task "psi" is created
"""
#: A Then that can fail, for scenarios that are about another step.
ENDS = '    Then the phases of "psi" were Pending, Running\n'


def said_of(folder, *steps, begins=BEGINS, ends=ENDS, **files):
    """Writes a feature with these steps, and returns what lint says of it, without the folder."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    text = begins + "".join(f"    {step}\n" for step in steps) + ends
    (folder / "mine.feature").write_text(text)
    problems = lint([folder / "mine.feature"]).problems
    return [str(problem).replace(f"{folder}/", "") for problem in problems]
