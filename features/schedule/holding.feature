@core
Feature: A party that has reserved holds its room while it waits for the others

  @id:schedule-hold-released @req:SC-02a @req:SC-02b @req:SC-13
  Scenario: After resourceReservedSeconds a probe gets the room that was held
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "probe" of alice
    And the task "psi" of alice and bob, which holds for 8 s, retries after 60 s and lives for 200 s
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And no node ever had more than its room

  # Bob holds from second 12 on, or up to 10 s later, and would until 42, had alice's hold not ended at 30.
  @provisional @id:schedule-hold-released-by-all @req:SC-02a @req:SC-02b
  Scenario: With the party that has waited long enough all let go, as their round has failed
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the nodes of carol have room for no pod
    And the task "probe" of bob
    And the task "psi" of alice, bob and carol, which holds for 30 s, retries after 60 s and lives for 200 s
    When the task "psi" is created
    And 12 seconds pass
    And the nodes of bob have room for 1 pod
    And 12 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 30 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound

  # Rounds begin at seconds 0 and 40; the holds of alice end at 15 and 55.
  @id:schedule-hold-again @req:SC-02a @req:SC-02b
  Scenario: In the pause somebody else can have the room, in the next round it is held again
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the tasks "probe-1" to "probe-2" of alice
    And the task "psi" of alice and bob, which holds for 15 s, retries after 25 s and lives for 200 s
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe-1" is created
    Then the pods of "probe-1" were bound 15 s after the task "psi" became Pending, or up to 10 s later
    When the task "probe-1" is deleted
    And 28 seconds pass
    And the task "probe-2" is created
    Then the pods of "probe-2" were bound 55 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe-2" were bound

  @id:schedule-hold-of-second @req:SC-02a @req:SC-02b @req:SC-13
  Scenario: Whoever of the parties has room holds it, be it not the first
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of alice have room for no pod
    And the task "probe" of bob
    And the task "psi" of alice and bob, which holds for 8 s, retries after 60 s and lives for 200 s
    When the task "psi" is created
    And 1 second passes
    And the task "probe" is created
    Then the pods of "probe" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And no node ever had more than its room

  @id:schedule-holds-side-by-side @req:SC-06a @req:SC-06b @req:SC-13
  Scenario: Two tasks hold room on one node: what each of them holds is nobody else's
    Given the domains alice and bob, each with room for 2 pods
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 20 s, retries after 60 s and lives for 200 s
    And the task "chi" of bob and alice, which holds for 20 s, retries after 60 s and lives for 200 s
    And the task "probe" of alice
    When the task "psi" is created
    And the task "chi" is created
    And 2 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 20 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And no pod of "chi" was bound before the pods of "probe" were bound
    And no node ever had more than its room

  @id:schedule-hold-against-older @req:SC-06a @req:SC-06b @req:SC-13
  Scenario: What a younger task holds an older one gets only when it is released
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "wide" of alice
    And the task "wide" has
      | spec.parties[0].template.spec.containers[0].name                                                   | app   |
      | spec.parties[0].template.spec.containers[0].workingDir                                             | /work |
      | spec.parties[0].template.spec.containers[0].resources.requests[conformance.kuscia.secretflow/slot] | "2"   |
      | spec.parties[0].template.spec.containers[0].resources.limits[conformance.kuscia.secretflow/slot]   | "2"   |
    And the task "psi" of alice and bob, which holds for 20 s, retries after 60 s and lives for 200 s
    When the task "wide" is created
    And 2 seconds pass
    And the task "psi" is created
    And 2 seconds pass
    And the nodes of alice have room for 2 pods
    Then the pods of "wide" were bound 20 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "wide" were bound
    And no node ever had more than its room

  @id:schedule-hold-against-further-pods @req:SC-01b @req:SC-02a @req:SC-13
  Scenario: Pods beyond the minimum of a task that runs get nothing that another task holds
    Given the domains alice and bob, each with room for 2 pods
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 60 s, retries after 60 s and lives for 200 s
    And the task "wide" of alice
    And the task "wide" has
      | spec.parties[0].template.replicas | 3 |
      | spec.parties[0].minReservedPods   | 1 |
    When the task "psi" is created
    And 2 seconds pass
    And the task "wide" is created
    Then 1 of the pods of "wide" are bound
    When 3 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" are bound
    And 1 of the pods of "wide" are bound
    And no node ever had more than its room
