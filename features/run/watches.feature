@core @needs:watch-faults
Feature: The controller loses its watches, and what has happened meanwhile is in no watch

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:run-watches-pods-end @req:RN-14
  Scenario Outline: Its pods end with exit code <code>
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the watches of the controller are cut off
    And the pods of bob finish with exit code <code>
    And the pods of alice finish
    And the pods of "psi" have ended
    And the watches of the controller are possible again
    Then the status of "psi" matches "<phase>.status.yaml"

    Examples:
      | id        | code | phase     |
      | succeeded | 0    | succeeded |
      | failed    | 1    | failed    |

  @id:run-watches-pod-vanishes @req:RN-14
  Scenario: A pod vanishes
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the watches of the controller are cut off
    And the pod "bob/psi-0" is deleted by somebody, by force
    And the watches of the controller are possible again
    Then the status of "psi" matches "failed.status.yaml"

  @id:run-watches-room-appears @req:RN-14
  Scenario: Room appears on a node
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the status of "psi" matches "pending.status.yaml"
    And the watches of the controller are cut off
    And the nodes of bob have room for 1 pod
    And the watches of the controller are possible again
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:run-watches-task-comes @req:RN-14
  Scenario: A task is deleted, and another is created
    Given the task "probe" of alice and bob
    When the task "psi" is created
    And the pods of "psi" are ready
    And the watches of the controller are cut off
    And the task "psi" is deleted
    And the task "probe" is created
    And the watches of the controller are possible again
    And the pods of "psi" are over
    And the pods of "probe" finish
    Then the status of "probe" matches "probe-succeeded.status.yaml"
