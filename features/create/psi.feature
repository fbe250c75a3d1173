@core @exclusive
Feature: The page's first task, as printed

  @id:create-psi-as-printed @req:CR-01a @req:VW-08b @req:VW-12 @req:VW-13
  Scenario: secretflow-task-psi is accepted, runs and succeeds
    Given the domains alice and bob, each with room for 1 pod
    And "secretflow-image.yaml" is applied
    When "secretflow-task-psi.yaml" is applied
    Then the status of "secretflow-task-psi" matches "psi.status.yaml"
    And the pods of "secretflow-task-psi" run
    And the phases of "secretflow-task-psi" were Pending, Running, Succeeded
    And the conditions of "secretflow-task-psi" became True in the order ResourceCreated, Running, Success
