@core @needs:faults
Feature: A task is deleted while the controller is down

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    And everything in alice and bob is noted

  @id:clean-deleted-while-down @req:CL-03
  Scenario Outline: A <phase> task
    Given the nodes of bob have room for <room> pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the status of "psi" matches "<phase>.status.yaml"
    And the controller is killed
    And the task "psi" is deleted
    And the controller is started
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

    Examples:
      | id      | phase   | room |
      | pending | pending | no   |
      | running | running | 1    |

  @id:clean-finished-deleted-while-down @req:CL-03
  Scenario Outline: A finished task that has <phase>
    When the task "psi" is created
    And the pods of "psi" finish with exit code <code>
    And the status of "psi" matches "<phase>.status.yaml"
    And the controller is killed
    And the task "psi" is deleted
    And the controller is started
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

    Examples:
      | id        | phase     | code |
      | succeeded | succeeded | 0    |
      | failed    | failed    | 1    |

  @id:clean-half-made-while-down @req:CL-03
  Scenario: One of which only the first pod was there
    When the task "psi" is created
    And the pod "alice/psi-0" exists
    And the controller is killed
    And the task "psi" is deleted
    And the controller is started
    Then alice and bob hold what was noted, nothing else

  @id:clean-ended-while-down @req:CL-03
  Scenario: One whose pods have ended meanwhile
    When the task "psi" is created
    And the pods of "psi" are ready
    And the controller is killed
    And the pods of "psi" finish
    And the pods of "psi" have ended
    And the task "psi" is deleted
    And the controller is started
    Then alice and bob hold what was noted, nothing else

  @id:clean-killed-while-deleting @req:CL-03
  Scenario: It is killed just after the task was deleted
    When the task "psi" is created
    And the pods of "psi" are ready
    And the task "psi" is deleted
    And the controller is killed
    And the controller is started
    Then alice and bob hold what was noted, nothing else

  @id:clean-replaced-while-down @req:CL-05
  Scenario Outline: Meanwhile another task was created under the name of <what>
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of bob finish with exit code <code>
    And the status of "psi" matches "<phase>.status.yaml"
    And the controller is killed
    And the task "psi" is deleted
    And the task "psi" is created
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "afresh.status.yaml"

    Examples:
      | id      | what             | code | phase     |
      | running | one that runs    | 0    | bob-ended |
      | failed  | a failed one     | 1    | failed    |
