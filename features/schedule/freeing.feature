@core
Feature: Deleting a task frees what it holds, or uses

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob, which holds for 40 s, retries after 30 s and lives for 200 s
    And the task "probe" of alice

  @id:schedule-delete-holding @req:SC-12 @req:SC-13 @req:CR-14
  Scenario: What it holds goes to a task that waits for it, at once
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    And 3 seconds pass
    And the task "psi" is deleted
    Then the pods of "probe" were bound 6 s after the task "psi" was created, or up to 10 s later
    And no node ever had more than its room
    And the status of "probe" matches "probe.status.yaml"

  @id:schedule-delete-in-round @req:SC-12 @req:CR-14
  Scenario Outline: Nothing is held for a task that was deleted <when>
    Given the nodes of bob have room for no pod
    And the task "psi" has
      | spec.scheduleConfig | {resourceReservedSeconds: 10, retryIntervalSeconds: 3, lifecycleSeconds: 60} |
    When the task "psi" is created
    And <before> seconds pass
    And the task "psi" is deleted
    And <after> seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 0 s after the task "probe" was created, or up to 4 s later
    And the status of "probe" matches "probe.status.yaml"

    Examples:
      | id       | before | after | when                |
      | first    | 2      | 0     | in its first round  |
      | pause    | 12     | 4     | between two rounds  |
      | second   | 15     | 0     | in its second round |

  @id:schedule-delete-waiting @req:SC-12 @req:CR-14
  Scenario: Nothing is kept for a task that was deleted while it found no room at all
    Given the nodes of alice have room for no pod
    And the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And 2 seconds pass
    And the task "psi" is deleted
    And the nodes of alice have room for 1 pod
    And the task "probe" is created
    Then the pods of "probe" were bound 0 s after the task "probe" was created, or up to 4 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And the status of "probe" matches "probe.status.yaml"

  @id:schedule-delete-running @req:SC-12 @req:SC-13 @req:CR-14
  Scenario: What it uses goes to a task that waits for it, once its pod is gone
    When the task "psi" is created
    And the pods of "psi" are ready
    And the task "probe" is created
    And 2 seconds pass
    And the task "psi" is deleted
    Then the pods of "probe" are bound
    And no node ever had more than its room
    And the status of "probe" matches "probe.status.yaml"

  @provisional @id:schedule-held-pod-deleted @req:CR-14 @req:SC-06b
  Scenario: What is held for a pod that somebody deletes is free at once
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    And 3 seconds pass
    And the pod "alice/psi-0" is deleted by somebody
    Then the pods of "probe" were bound 6 s after the task "psi" was created, or up to 10 s later
    And the status of "probe" matches "probe.status.yaml"

  @id:schedule-pod-evicted @req:SC-06b @req:SC-13 @needs:simulated-nodes
  Scenario: What an evicted pod has used goes to a task that waits for it
    When the task "psi" is created
    And the pods of "psi" run
    And the task "probe" is created
    And 1 second passes
    And the pod "alice/psi-0" is evicted by its node
    Then the pods of "probe" are bound
    And no node ever had more than its room
