@core
Feature: Room that one task holds, or that anybody uses, is nobody else's

  @id:schedule-hold-takes-its-share @req:CR-14 @req:SC-06a @req:SC-06b @req:SC-13
  Scenario: Of room for two pods a hold takes one, until it is released
    Given the domains alice and bob, each with room for 2 pods
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 12 s, retries after 60 s and lives for 200 s
    And the task "first" of alice
    And the task "second" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "first" is created
    Then the pods of "first" were bound 0 s after the task "first" was created, or up to 4 s later
    When the task "second" is created
    Then the pods of "second" were bound 12 s after the task "psi" became Pending, or up to 10 s later
    And no node ever had more than its room
    And no pod of "psi" was bound before the pods of "second" were bound
    And the status of "second" matches "second.status.yaml"

  @id:schedule-hold-on-each-node @req:CR-14 @req:SC-06a @req:SC-06b
  Scenario: A hold of two pods takes two nodes, until it is released
    Given the domains alice and bob, each with 2 nodes that have room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 8 s, retries after 60 s and lives for 200 s
    And the task "psi" has
      | spec.parties[0].template.replicas | 2 |
    And the task "probe" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And the status of "probe" matches "probe.status.yaml"

  @id:schedule-hold-of-other-domain @req:CR-14 @req:SC-06b
  Scenario: What is held in alice is nothing to carol
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 12 s, retries after 60 s and lives for 200 s
    And the task "probe" of alice
    And the task "other" of carol
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    And the task "other" is created
    Then the pods of "other" were bound 0 s after the task "other" was created, or up to 4 s later
    And the pods of "probe" were bound 12 s after the task "psi" became Pending, or up to 10 s later
    And the status of "other" matches "other.status.yaml"

  @id:schedule-hold-passes-on @req:SC-05 @req:CR-14
  Scenario: What is released goes to another task that waits for it, at that moment
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 8 s, retries after 60 s and lives for 200 s
    And the task "chi" of alice and carol, which holds for 40 s, retries after 30 s and lives for 200 s
    When the task "psi" is created
    And 3 seconds pass
    And the task "chi" is created
    Then a pod of "chi" was bound 8 s after the task "psi" became Pending, or up to 10 s later
    And the pods of "chi" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "chi" were bound
    And the status of "chi" matches "chi.status.yaml"

  @id:schedule-hold-is-kept @req:RN-01c @req:SC-06a @req:SC-06b @req:SC-13
  Scenario: What is held goes to the task that holds it, though another waits for it
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 40 s, retries after 30 s and lives for 200 s
    And the task "probe" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    And 2 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound 5 s after the task "psi" was created, or up to 10 s later
    When 1 second passes
    And the pods of "psi" finish
    Then no pod of "probe" was bound before the pods of "alice/psi-0" had ended
    And the pods of "probe" are bound
    And no node ever had more than its room
    And the status of "psi" matches "psi-succeeded.status.yaml"

  @id:schedule-plain-pod-counts @req:SC-05 @req:SC-13 @req:CR-14
  Scenario: A pod that belongs to no task uses room as any other, until it has ended
    Given the domains alice and bob, each with room for 1 pod
    And the plain pod "filler" takes room for 1 pod of each node of bob
    And the task "psi" of alice and bob, which holds for 40 s, retries after 30 s and lives for 200 s
    When the task "psi" is created
    And 2 seconds pass
    And the pod "bob/filler" finishes
    Then the pods of "psi" are bound
    And no node ever had more than its room
    And the pods of "psi" were bound 0 s after the pods of "bob/filler" had ended, or up to 10 s later
    And no pod of "psi" was bound before the pods of "bob/filler" had ended
    And the status of "psi" matches "psi-running.status.yaml"

  @id:schedule-plain-pod-ending @req:CR-14 @req:SC-01a @req:SC-01b @req:SC-13
  Scenario: A pod that is being deleted uses room until it has ended
    Given the domains alice and bob, each with room for 1 pod
    And the plain pod "filler" takes room for 1 pod of each node of bob, and 4 s to end
    And the task "psi" of alice and bob, which holds for 40 s, retries after 30 s and lives for 200 s
    When the pod "bob/filler" is deleted by somebody
    And the task "psi" is created
    Then the pods of "psi" are bound
    And no node ever had more than its room
    And no pod of "psi" was bound before the pods of "bob/filler" had ended
    And the status of "psi" matches "psi-running.status.yaml"

  @id:schedule-room-of-one-node @req:RN-01a @req:SC-01a @req:SC-13
  Scenario: Room for one pod on each of two nodes is no room for a pod that needs twice as much
    Given the domain alice with 2 nodes that have room for 1 pod
    And the task "wide" of alice
    And the task "wide" has
      | spec.parties[0].template.spec.containers[0].name                                                   | app   |
      | spec.parties[0].template.spec.containers[0].workingDir                                             | /work |
      | spec.parties[0].template.spec.containers[0].resources.requests[conformance.kuscia.secretflow/slot] | "2"   |
      | spec.parties[0].template.spec.containers[0].resources.limits[conformance.kuscia.secretflow/slot]   | "2"   |
    And the tasks "probe-1" to "probe-2" of alice
    When the task "wide" is created
    And 1 second passes
    And the tasks "probe-1" to "probe-2" are created
    And the pods of "probe-1" are bound
    And the pods of "probe-2" are bound
    Then no node ever had more than its room
    And no pod of "wide" was bound
      | witness | the pods of "probe-2" are bound |
    And the status of "wide" matches "wide.status.yaml"

  @id:schedule-node-for-each-pod @req:CR-14 @req:SC-01b @req:SC-13
  Scenario: Two pods of a party find room on two nodes
    Given the domain alice with 2 nodes that have room for 1 pod
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 2 |
    When the task "psi" is created
    Then the pods of "psi" are bound
    And no node ever had more than its room
    And the status of "psi" matches "both-nodes.status.yaml"

  @id:schedule-churn @req:SC-13
  Scenario: Many tasks come and go beside one that holds room again and again
    Given the domains alice and bob, each with 2 nodes that have room for 1 pod
    And the nodes of bob have room for no pod
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].args | ["-c", "./app --seconds=1"] |
    And the task "psi" of alice and bob, which holds for 15 s, retries after 5 s and lives for 600 s
    And the tasks "t-1" to "t-8" of alice
    When the task "psi" is created
    And the tasks "t-1" to "t-8" are created
    And the pods of "t-3" have ended
    Then no node ever had more than its room
    When the statuses of "t-1" to "t-8" match "succeeded.status.yaml" within 200 s
    And the nodes of bob have room for 1 pod
    And the status of "psi" matches "succeeded.status.yaml"
    Then no node ever had more than its room
