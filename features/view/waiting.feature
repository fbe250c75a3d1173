@core
Feature: What a task shows while it waits, and when it has waited in vain

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod

  @id:view-unschedulable @req:VW-18
  Scenario: The entry of a pod that finds no room says so
    Given the task "psi" of alice and bob
    When the task "psi" is created
    Then the status of "psi" matches "unschedulable.status.yaml"

  @id:view-lifecycle-over @req:RN-01d @req:RN-04 @req:VW-06
  Scenario: When its lifecycle is over it has failed, and says why
    Given the task "psi" of alice and bob, which lives for 3 s
    When the task "psi" is created
    Then the status of "psi" matches "over.status.yaml"
    And the pods of "psi" are over
    And the phases of "psi" were Pending, Failed

  @id:view-lifecycle-over-says-more @req:VW-07
  Scenario: The message names the lifecycle and who could not reserve
    Given the task "psi" of alice and bob, which lives for 3 s
    When the task "psi" is created
    Then the status of "psi" matches "over-says-who.status.yaml"

  @id:view-lifecycle-over-in-full @req:VW-14 @req:VW-15 @req:VW-19
  Scenario: Reason, condition and parties of a task whose lifecycle is over
    Given the task "psi" of alice and bob, which lives for 3 s
    When the task "psi" is created
    Then the status of "psi" matches "over-in-full.status.yaml"

  @id:view-refused @req:VW-06
  Scenario: When the API refuses its pods it has failed, and says why
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].ports[0].name | a-name-of-more-than-15-letters |
    And the task "psi" of alice and bob, which lives for 3 s
    When the task "psi" is created
    Then the status of "psi" matches "says-why.status.yaml"

  @id:view-refused-says-more @req:VW-14 @req:VW-15
  Scenario: The message names what was refused
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].ports[0].name | a-name-of-more-than-15-letters |
    And the task "psi" of alice and bob, which lives for 3 s
    When the task "psi" is created
    Then the status of "psi" matches "refused.status.yaml"
