@core
Feature: What a task shows on its way

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:view-pending @req:RN-01 @req:VW-03 @req:VW-09
  Scenario: While bob has no room it is Pending
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    Then the status of "psi" matches "pending.status.yaml"

  @id:view-running @req:RN-01 @req:VW-03 @req:VW-04 @req:VW-08 @req:VW-09 @req:VW-11 @req:VW-12 @req:VW-16
  Scenario: Once its pods run it is Running
    When the task "psi" is created
    Then the status of "psi" matches "running.status.yaml"

  @id:view-succeeded @req:RN-01 @req:RN-02 @req:VW-03 @req:VW-04 @req:VW-08 @req:VW-09
  Scenario: Once its pods have succeeded it is Succeeded
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And the phases of "psi" were Pending, Running, Succeeded
    And the conditions of "psi" became True in the order ResourceCreated, Running, Success
