@core
Feature: What a task shows on its way

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:view-pending @req:RN-01a @req:VW-03a @req:VW-03c @req:VW-03g @req:VW-09b @req:VW-09c
  Scenario: While bob has no room it is Pending
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    Then the status of "psi" matches "pending.status.yaml"

  @id:view-bound @req:VW-09b @req:VW-09c
  Scenario: Once a pod is bound it has a node, though it does not run
    Given the AppImage has
      | spec.image.name | no-such-image |
    When the task "psi" is created
    And the pods of "psi" are bound
    Then the status of "psi" matches "bound.status.yaml"

  @id:view-running @req:RN-01b @req:VW-03a @req:VW-03c @req:VW-03g @req:VW-04a @req:VW-04b @req:VW-08a @req:VW-09a @req:VW-09b @req:VW-09c @req:VW-09d @req:VW-11a @req:VW-11b @req:VW-11c @req:VW-12 @req:VW-16a
  Scenario: Once its pods run it is Running
    When the task "psi" is created
    Then the status of "psi" matches "running.status.yaml"

  @id:view-succeeded @req:RN-01c @req:RN-02a @req:VW-03a @req:VW-03c @req:VW-03g @req:VW-04a @req:VW-08a @req:VW-08b @req:VW-09a @req:VW-09b @req:VW-09c
  Scenario: Once its pods have succeeded it is Succeeded
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And the phases of "psi" were Pending, Running, Succeeded
    And the conditions of "psi" became True in the order ResourceCreated, Running, Success
