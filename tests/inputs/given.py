"""A small feature with its document, which the tests of inputs damage."""

from kuscia_conformance.lint import lint

FEATURE = """Feature: Mine

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:mine-runs @req:RN-01
  Scenario: It runs
    When the task "psi" is created
    Then the status of "psi" matches "mine.status.yaml"

  @id:mine-rows @req:RN-01
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


def written(folder, feature=FEATURE, document=DOCUMENT):
    """Writes the feature, a text or bytes, and its document; returns the feature's path."""
    path = folder / "mine.feature"
    path.write_bytes(feature if isinstance(feature, bytes) else feature.encode())
    (folder / "mine.status.yaml").write_bytes(
        document if isinstance(document, bytes) else document.encode()
    )
    return path


def mistakes(path):
    """Returns what `lint` says of the feature, without the folder."""
    return [str(each).replace(f"{path.parent}/", "") for each in lint([path]).problems]
