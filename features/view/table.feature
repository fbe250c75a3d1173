@core
Feature: What kubectl get shows

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    When the task "psi" is created
    And the pods of "psi" are ready

  @id:view-table-running @req:VW-01a
  Scenario: Of a running task
    When the status of "psi" matches "running.status.yaml"
    Then kubectl shows "psi" as
      | NAME | STARTTIME | COMPLETIONTIME | LASTRECONCILETIME | PHASE   |
      | psi  | age       |                | age               | Running |

  @id:view-table-succeeded @req:VW-01a
  Scenario: Of a finished task
    When the pods of "psi" finish
    And the status of "psi" matches "finished.status.yaml"
    Then kubectl shows "psi" as
      | NAME | STARTTIME | COMPLETIONTIME | LASTRECONCILETIME | PHASE     |
      | psi  | age       | age            | age               | Succeeded |
