@core @needs:faults
Feature: The controller is killed and started again before a task is scheduled

  What is held stays held, and everything comes when it is due, as if nobody had been away; or at once,
  if it was due meanwhile.

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "probe" of alice

  @id:schedule-restart-hold @req:RN-06a @req:RN-06b
  Scenario: What alice holds stays hers
    Given the task "psi" of alice and bob, which lives for 60 s
    When the task "psi" is created
    And 3 seconds pass
    And the controller is killed
    And the task "probe" is created
    And the controller is started
    And 2 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" are bound
    And no pod of "probe" was bound before the pods of "psi" were bound
    And the status of "psi" matches "runs.status.yaml"
    And each pod of "psi" was created once

  @id:schedule-restart-in-hold @req:RN-06b
  Scenario: She lets go when she would have done so anyway
    Given the task "psi" of alice and bob, which holds for 20 s, retries after 60 s and lives for 200 s
    When the task "psi" is created
    And 3 seconds pass
    And the controller is killed
    And the task "probe" is created
    And 10 seconds pass
    And the controller is started
    Then the pods of "probe" were bound 20 s after the task "psi" became Pending, or up to 6 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And the status of "psi" matches "waits.status.yaml"

  @id:schedule-restart-after-hold @req:RN-06b
  Scenario: She lets go at once, where her time has run out
    Given the task "psi" of alice and bob, which holds for 10 s, retries after 60 s and lives for 200 s
    When the task "psi" is created
    And 3 seconds pass
    And the controller is killed
    And 10 seconds pass
    And the controller is started
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 0 s after the task "probe" was created, or up to 3 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And the status of "psi" matches "waits.status.yaml"

  @id:schedule-restart-in-pause @req:RN-06a @req:RN-06b
  Scenario: Killed and started in the pause, it tries again when it would have done so anyway
    Given the task "psi" of alice and bob, which holds for 15 s, retries after 20 s and lives for 200 s
    When the task "psi" is created
    And 17 seconds pass
    And the controller is killed
    And the nodes of bob have room for 1 pod
    And 8 seconds pass
    And the controller is started
    Then the pods of "psi" were bound 35 s after the task "psi" became Pending, or up to 5 s later
    And the status of "psi" matches "runs.status.yaml"
    And each pod of "psi" was created once

  @id:schedule-restart-after-pause @req:RN-06a @req:RN-06b
  Scenario: Killed in the pause, and started after it, it tries again at once
    Given the task "psi" of alice and bob, which holds for 2 s, retries after 6 s and lives for 60 s
    When the task "psi" is created
    And 4 seconds pass
    And the controller is killed
    And the nodes of bob have room for 1 pod
    And 5 seconds pass
    And the controller is started
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "psi" were bound before the task "probe" was created
    And the status of "psi" matches "runs.status.yaml"
    And each pod of "psi" was created once

  @id:schedule-restart-in-lifecycle @req:RN-06b
  Scenario: A task fails when it would have done so anyway
    Given the task "psi" of alice and bob, which lives for 12 s
    When the task "psi" is created
    And 3 seconds pass
    And the controller is killed
    And 5 seconds pass
    And the controller is started
    Then the task "psi" became Failed 12 s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-restart-after-lifecycle @req:RN-06b
  Scenario: A task whose lifecycle has run out fails at once, though bob has room by now
    Given the task "psi" of alice and bob, which lives for 5 s
    When the task "psi" is created
    And 3 seconds pass
    And the controller is killed
    And 5 seconds pass
    And the nodes of bob have room for 1 pod
    And the controller is started
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 0 s after the task "probe" was created, or up to 10 s later
    And the task "psi" became Failed before the task "probe" was created
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-restart-room-taken @req:RN-06a @req:RN-06b @req:SC-13
  Scenario: What she holds is taken while nobody sees to it: then nobody starts until it is free again
    Given the task "psi" of alice and bob, which retries after 2 s and lives for 60 s
    When the task "psi" is created
    And 3 seconds pass
    And the controller is killed
    And the plain pod "thief" takes room for 1 pod of each node of alice
    And the controller is started
    And the nodes of bob have room for 1 pod
    And 2 seconds pass
    And the pod "alice/thief" finishes
    Then the pods of "psi" are bound
    And no pod of "psi" was bound before a pod of alice had ended
    And no node ever had more than its room
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-restart-binding @req:RN-06a @req:RN-06b @req:SC-13
  Scenario: Killed as soon as the first pod is bound, it binds the others
    Given the nodes of alice have room for 3 pods
    And the nodes of bob have room for 3 pods
    And the AppImage has
      | spec.deployTemplates[0].replicas | 3 |
    And the task "psi" of alice and bob
    When the task "psi" is created
    And the pod "alice/psi-0" is bound
    And the controller is killed
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once
    And no node ever had more than its room
