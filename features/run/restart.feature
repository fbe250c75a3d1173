@core @needs:faults
Feature: The controller is killed, and started again

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:run-restart-pending @req:RN-06a @req:RN-06b
  Scenario: While the task is Pending
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the status of "psi" matches "pending.status.yaml"
    And the controller is killed
    And the nodes of bob have room for 1 pod
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once
    And the phases of "psi" were Pending, Running, Succeeded

  @id:run-restart-half-created @req:RN-06a @req:RN-06b
  Scenario: As soon as the first pod is there
    When the task "psi" is created
    And the pod "alice/psi-0" exists
    And the controller is killed
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once

  @id:run-restart-running @req:RN-06a @req:RN-06b
  Scenario: While the task is Running
    When the task "psi" is created
    And the pods of "psi" are ready
    And the controller is killed
    And the controller is started
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once
    And the phases of "psi" were Pending, Running, Succeeded

  @id:run-restart-ended @req:RN-06a @req:RN-06b
  Scenario Outline: Its pods end with exit code <code> while nobody is there to see it
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the controller is killed
    And the pods of bob finish with exit code <code>
    And the pods of alice finish
    And the pods of "psi" have ended
    And the controller is started
    Then the status of "psi" matches "<phase>.status.yaml"
    And the pods of "psi" are over
    And each pod of "psi" was created once

    Examples:
      | id        | code | phase     |
      | succeeded | 0    | succeeded |
      | failed    | 1    | failed    |

  @id:run-restart-created-meanwhile @req:RN-06a @req:RN-06b
  Scenario: A task that was created while it was down runs
    When the controller is killed
    And the task "psi" is created
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
