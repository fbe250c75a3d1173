@core
Feature: A domain is short of cpu

  Background:
    Given the domains alice and bob
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].resources | {requests: {cpu: 600m}} |
    And the task "psi" of alice and bob, which holds for 15 s, retries after 5 s and lives for 60 s

  @id:schedule-cpu-short @req:RN-01d @req:SC-11
  Scenario: A task that finds too little cpu has failed when its lifecycle is over, not before
    Given the plain pod "filler" takes all but 500m of the cpu of each node of bob
    And the task "psi" has
      | spec.scheduleConfig.lifecycleSeconds | 30 |
    When the task "psi" is created
    Then the task "psi" became Failed 30 s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-cpu-freed @req:SC-11 @req:CR-14
  Scenario: Once the cpu is free it runs
    Given the plain pod "filler" takes all but 500m of the cpu of each node of bob
    When the task "psi" is created
    And 5 seconds pass
    And the pod "bob/filler" finishes
    Then the pods of "psi" run
    And no pod of "psi" was bound before a pod of bob had ended
    And the phases of "psi" were Pending, Running
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-cpu-just-enough @req:CR-14 @req:SC-01b @req:SC-13
  Scenario: All the cpu that is left may be had
    Given the plain pod "filler" takes all but 600m of the cpu of each node of bob
    When the task "psi" is created
    Then the pods of "psi" were bound 0 s after the task "psi" was created, or up to 10 s later
    And no node ever had more than its room
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-cpu-for-two @req:SC-11 @req:CR-14
  Scenario: Cpu for one of bob's two pods is not enough for either
    Given the plain pod "filler" takes all but 1 of the cpu of each node of bob
    And the task "psi" has
      | spec.parties[1].template.replicas | 2 |
    When the task "psi" is created
    And 5 seconds pass
    And the pod "bob/filler" finishes
    Then the pods of "psi" are bound
    And no pod of "psi" was bound before a pod of bob had ended
    And the status of "psi" matches "two-run.status.yaml"

  @id:schedule-cpu-held @req:RN-01a @req:SC-06a @req:SC-06b @req:SC-13
  Scenario: Cpu is held as any other room
    Given the plain pod "filler" takes all but 1 of the cpu of each node of alice
    And the nodes of bob have room for no pod
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].resources.requests[conformance.kuscia.secretflow/slot] | 1 |
      | spec.deployTemplates[0].spec.containers[0].resources.limits[conformance.kuscia.secretflow/slot]   | 1 |
    And the task "psi" has
      | spec.scheduleConfig.retryIntervalSeconds | 20 |
    And the task "probe" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 15 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And no node ever had more than its room
    And the status of "psi" matches "waits.status.yaml"
