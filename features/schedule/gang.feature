@core
Feature: All parties start, or none

  Background:
    Given the domains alice and bob, each with room for 2 pods
    And the task "psi" of alice and bob
    And the task "probe" of alice

  @id:schedule-none-alone @req:SC-01a
  Scenario: While bob has no room, alice's pod is not bound
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |

  @id:schedule-both-together @req:SC-05 @req:CR-14
  Scenario: Once bob has room, both are bound
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" are bound
    And the status of "psi" matches "both.status.yaml"
