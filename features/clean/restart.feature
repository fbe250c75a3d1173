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

  @id:clean-killed-while-deleting @req:CL-03
  Scenario: It is killed just after the task was deleted
    When the task "psi" is created
    And the pods of "psi" are ready
    And the task "psi" is deleted
    And the controller is killed
    And the controller is started
    Then alice and bob hold what was noted, nothing else

  @id:clean-replaced-while-down @req:CL-05
  Scenario: Meanwhile another task was created under its name
    When the task "psi" is created
    And the pods of "psi" are ready
    And the controller is killed
    And the task "psi" is deleted
    And the task "psi" is created
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
