@core
Feature: A task made again under its name

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    And everything in alice and bob is noted

  @id:clean-then-again @req:CL-04
  Scenario Outline: When everything of <which> one is gone, it runs afresh
    When the task "psi" is created
    And the pods of "psi" run
    And the pods of "psi" finish with exit code <code>
    And the status of "psi" matches "<phase>.status.yaml"
    And the task "psi" is deleted
    And alice and bob hold what was noted, nothing else
    And the task "psi" is created
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And the phases of "psi" were Pending, Running, Succeeded

    Examples:
      | id        | which       | code | phase     |
      | succeeded | a succeeded | 0    | succeeded |
      | failed    | a failed    | 1    | failed    |

  @id:clean-again-at-once @req:CL-05
  Scenario: While the pods of the one before are still ending, it runs afresh
    When the task "psi" is created
    And the pods of "psi" run
    And the task "psi" is deleted
    And the task "psi" is created
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And the phases of "psi" were Pending, Running, Succeeded

  @id:clean-pending-again-at-once @req:CL-05
  Scenario: At once after one that never ran, it runs afresh
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "psi" is deleted
    And the task "psi" is created
    And the nodes of bob have room for 1 pod
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:clean-beside-another @req:CL-02a @req:CL-02b
  Scenario: Another task of the same parties goes on
    Given the nodes of alice have room for 2 pods
    And the nodes of bob have room for 2 pods
    And the task "other" of alice and bob
    When the task "other" is created
    And the pods of "other" are ready
    And the task "psi" is created
    And the pods of "psi" are ready
    And the task "psi" is deleted
    Then the pods of "psi" are over
    And the services of alice are
      | service      | leads to |
      | other-0-fed    | other-0  |
      | other-0-global | other-0  |
    When the pods of "other" finish
    Then the status of "other" matches "other-succeeded.status.yaml"

  @id:clean-again-shows-nothing-old @req:CL-04
  Scenario Outline: Nothing of a task that has <phase> is shown by the next of its name
    When the task "psi" is created
    And the pods of "psi" finish with exit code <code>
    And the status of "psi" matches "<phase>.status.yaml"
    And the task "psi" is deleted
    And alice and bob hold what was noted, nothing else
    And the nodes of bob have room for no pod
    And the task "psi" is created
    Then the status of "psi" matches "afresh.status.yaml"

    Examples:
      | id        | phase     | code |
      | succeeded | succeeded | 0    |
      | failed    | failed    | 1    |
