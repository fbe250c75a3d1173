@core
Feature: The times of a task whose pods have waited for room

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].readinessProbe | {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 2, periodSeconds: 1} |
    And the task "psi" of alice and bob

  # Two seconds lie between what has to happen one after the other, so the times differ on every clock.
  @id:view-times @req:VW-03a @req:VW-03c @req:VW-03g @req:VW-08b @req:VW-09d
  Scenario: Each time is later than those of what came before it
    When the task "psi" is created
    And the pods of "psi" exist
    And 2 seconds pass
    And the nodes of bob have room for 1 pod
    And the pods of "psi" are ready
    And 2 seconds pass
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:view-times-of-services @req:VW-11c @req:VW-16a
  Scenario: A service is ready no earlier than its pod has started
    When the task "psi" is created
    And the pods of "psi" exist
    And 2 seconds pass
    Then the status of "psi" matches "waiting.status.yaml"
    When the nodes of bob have room for 1 pod
    And the pods of "psi" are ready
    Then the status of "psi" matches "ready.status.yaml"
