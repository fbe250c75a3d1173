"""A valid feature with its document; tests change parts of it to make it invalid."""

FEATURE = """
@core
Feature: Mine

  Background:
    Given the domain alice with room for 1 pod

  @id:mine-runs @req:RN-01
  Scenario: It runs
    Then the status of "psi" matches "mine.status.yaml"

  @id:mine-rows @req:SC-01
  Scenario Outline: Rows of <who>
    Given the domains <who> and carol
    Then no pod of "psi" was bound
      | witness | the pods of "probe" are bound |

    Examples:
      | id    | who   |
      | first | alice |
      | other | bob   |
"""


def written(folder, *changes, document="phase: Running\n"):
    """Writes the feature and returns its path; `changes` are pairs of an old and a new text."""
    text = FEATURE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "mine.status.yaml").write_text(document)
    (folder / "mine.feature").write_text(text)
    return folder / "mine.feature"
