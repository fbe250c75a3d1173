@core
Feature: Which moments the times of a status are

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:view-service-ready-late @req:VW-16a
  Scenario: A service is ready when its pod is, and not when the pod runs
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].readinessProbe | {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 3, periodSeconds: 1} |
    When the task "psi" is created
    Then the status of "psi" matches "runs.status.yaml"
    And the status of "psi" matches "ready.status.yaml"

  @id:view-services-ready-each @req:VW-16a
  Scenario: The service of one pod is ready, that of another which runs, too, is not
    Given the task "psi" has
      | spec.parties[1].template.spec.containers | [{name: app, workingDir: /work, readinessProbe: {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 8, periodSeconds: 1}}] |
    When the task "psi" is created
    Then the status of "psi" matches "alice-ready.status.yaml"
    And the status of "psi" matches "ready.status.yaml"

  @id:view-first-handled-late @req:VW-03a @needs:faults
  Scenario: The startTime of a task that was created while the controller was down is later
    When the controller is killed
    And the task "psi" is created
    And 5 seconds pass
    And the controller is started
    Then the status of "psi" matches "handled.status.yaml"
    And the startTime of "psi" is at least 5 s after its creation
