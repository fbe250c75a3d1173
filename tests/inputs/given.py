"""A small feature with its documents, which the tests of inputs damage."""

from kuscia_conformance.lint import lint
from kuscia_conformance.steps import definitions

FEATURE = """Feature: Mine

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:mine-runs @req:RN-01c
  Scenario: It runs
    When the task "psi" is created
    Then the status of "psi" matches "mine.status.yaml"

  @id:mine-rows @req:RN-01c
  Scenario Outline: Rows of <who>
    When the task "psi" is created
    And the pods of <who> finish
    Then the phases of "psi" were Pending, Running

    Examples:
      | id    | who   |
      | first | alice |
      | other | bob   |
"""
DOCUMENT = "phase: Running\n"
#: Each list has ten times as many values as the one before.
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def written(folder, feature=FEATURE, document=DOCUMENT):
    """Writes the feature and its document, texts or bytes; returns the feature's path."""
    path = folder / "mine.feature"
    path.write_bytes(as_bytes(feature))
    (folder / "mine.status.yaml").write_bytes(as_bytes(document))
    return path


def as_bytes(content):
    return content if isinstance(content, bytes) else content.encode()


def mistakes(*paths):
    """Returns what `lint` says of the files, without the folder of the first."""
    problems = lint(definitions(), paths).problems
    return [str(each).replace(f"{paths[0].parent}/", "") for each in problems]
