@core
Feature: Which moments the times of a status are

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:view-service-ready-late @req:VW-09d @req:VW-16a
  Scenario: A service is ready when its pod is, and not when the pod runs
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].readinessProbe | {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 3, periodSeconds: 1} |
    When the task "psi" is created
    Then the status of "psi" matches "runs.status.yaml"
    And the status of "psi" matches "ready.status.yaml"
