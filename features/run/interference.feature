@core
Feature: Somebody else interferes

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:run-pod-deleted @req:RN-05a @req:RN-05b
  Scenario: A running pod that somebody deletes has failed, and is not made again
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "bob/psi-0" is deleted by somebody
    Then the status of "psi" matches "pod-deleted.status.yaml"
    And each pod of "psi" was created once

  @id:run-service-deleted @req:VW-11a @req:VW-11b
  Scenario: The entry of a service that somebody deletes stays
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the service "bob/psi-0-fed" is deleted by somebody
    And the pods of "psi" finish
    Then the status of "psi" matches "services-stay.status.yaml"

  @id:run-status-emptied @req:RN-10
  Scenario Outline: <what> taken out of the status of a <when> task is put back
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And somebody writes into the status of "psi"
      | <field> | null |
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

    Examples:
      | id         | field           | what           | when    |
      | pods       | podStatuses     | Its pods       | running |
      | services   | serviceStatuses | Its services   | running |
      | parties    | partyTaskStatus | Its parties    | running |
      | conditions | conditions      | Its conditions | running |
      | phase      | phase           | Its phase      | running |
      | start      | startTime       | Its start      | running |

  @id:run-phase-set-back @req:RN-10
  Scenario: A running task that somebody calls Pending succeeds all the same
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And somebody writes into the status of "psi"
      | phase | Pending |
    And the pods of "psi" finish
    Then the phases of "psi" were Pending, Running, Pending, Running, Succeeded
    And the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once

  @id:run-finish-undone @req:RN-10
  Scenario Outline: A <phase> task that somebody calls Running is <phase> again
    When the task "psi" is created
    And the pods of "psi" finish with exit code <code>
    And the status of "psi" matches "<phase>.status.yaml"
    And 1 second passes
    And somebody writes into the status of "psi"
      | phase | Running |
    Then the phases of "psi" were Pending, Running, <shown>, Running, <shown>
    And the status of "psi" matches "<phase>.status.yaml"
    And each pod of "psi" was created once

    Examples:
      | id        | phase     | shown     | code |
      | succeeded | succeeded | Succeeded | 0    |
      | failed    | failed    | Failed    | 1    |
