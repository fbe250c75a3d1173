@core
Feature: Tasks that wait for each other get out of each other's way

  Each task takes room for one pod in its first domain and, by the role "wide", for two in its second.
  With room for one pod everywhere each holds the first alone; then there is room for two.

  @id:schedule-deadlock-of-two @req:SC-07 @req:SC-13 @req:CR-14
  Scenario: Of two that hold what the other needs, the later gets through when the earlier lets go
    Given the domains alice and bob, each with room for 1 pod
    And the task "early" of alice and bob, which holds for 30 s, retries after 10 s and lives for 200 s
    And the task "early" has
      | spec.parties[1].role | wide |
    And the task "late" of bob and alice, which holds for 30 s, retries after 10 s and lives for 200 s
    And the task "late" has
      | spec.parties[1].role | wide |
    When the task "early" is created
    And 20 seconds pass
    And the task "late" is created
    And 3 seconds pass
    And the nodes of alice have room for 2 pods
    And the nodes of bob have room for 2 pods
    Then a pod of "late" was bound 30 s after the task "early" became Pending, or up to 10 s later
    And the pods of "late" were bound 30 s after the task "early" became Pending, or up to 10 s later
    And no pod of "early" was bound before the pods of "late" were bound
    When the pods of "late" finish
    And the status of "late" matches "succeeded.status.yaml"
    Then the pods of "early" were bound 40 s after the task "early" became Pending, or up to 10 s later
    And no node ever had more than its room
    And the status of "early" matches "early-running.status.yaml"

  @id:schedule-deadlock-of-three @req:SC-07 @req:SC-13
  Scenario: Of three in a ring, the last gets through when the first lets go
    Given the domains alice, bob and carol, each with room for 1 pod
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].args | ["-c", "./app --seconds=1"] |
      | spec.deployTemplates[1].spec.containers[0].args | ["-c", "./app --seconds=1"] |
    And the task "one" of alice and bob, which holds for 30 s, retries after 5 s and lives for 200 s
    And the task "one" has
      | spec.parties[1].role | wide |
    And the task "two" of bob and carol, which holds for 30 s, retries after 10 s and lives for 200 s
    And the task "two" has
      | spec.parties[1].role | wide |
    And the task "three" of carol and alice, which holds for 30 s, retries after 5 s and lives for 200 s
    And the task "three" has
      | spec.parties[1].role | wide |
    When the task "one" is created
    And 10 seconds pass
    And the task "two" is created
    And 10 seconds pass
    And the task "three" is created
    And 3 seconds pass
    And the nodes of alice have room for 2 pods
    And the nodes of bob have room for 2 pods
    And the nodes of carol have room for 2 pods
    Then a pod of "three" was bound 30 s after the task "one" became Pending, or up to 10 s later
    And the pods of "three" were bound 30 s after the task "one" became Pending, or up to 10 s later
    When the status of "three" matches "succeeded.status.yaml"
    And the status of "two" matches "succeeded.status.yaml" within 80 s
    And the status of "one" matches "succeeded.status.yaml" within 80 s
    Then no node ever had more than its room

  @id:schedule-deadlock-together @req:SC-18
  Scenario: Of two that begin to hold together, at least one gets through
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob, which holds for 15 s, retries after 20 s and lives for 100 s
    And the task "psi" has
      | spec.parties[1].role | wide |
    And the task "chi" of bob and alice, which holds for 15 s, retries after 20 s and lives for 100 s
    And the task "chi" has
      | spec.parties[1].role | wide |
    When the task "psi" is created
    And the task "chi" is created
    And 1 second passes
    And the nodes of alice have room for 2 pods
    And the nodes of bob have room for 2 pods
    Then a pod of alice was bound at most 100 s after the task "psi" was created
    And a pod of bob was bound at most 100 s after the task "psi" was created

  @provisional @id:schedule-ten-tasks @req:SC-18
  Scenario: Ten tasks that need both domains get through, one after the other
    Given the domains alice and bob, each with room for 1 pod
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].args | ["-c", "./app --seconds=1"] |
    And the tasks "t-1" to "t-10" of alice and bob, which hold for 15 s, retry after 5 s and live for 300 s
    When the tasks "t-1" to "t-10" are created
    Then the statuses of "t-1" to "t-10" match "succeeded.status.yaml" within 300 s

  @id:schedule-waiting-stops-nobody @req:CR-14 @req:SC-01a @req:SC-01b
  Scenario: A task that waits for more than there is does not stop a later one that finds enough
    Given the domain alice with room for 1 pod
    And the task "big" of alice
    And the task "big" has
      | spec.parties[0].role | wide |
    And the task "small" of alice
    When the task "big" is created
    And 2 seconds pass
    And the task "small" is created
    Then the pods of "small" were bound 0 s after the task "small" was created, or up to 10 s later
    And no pod of "big" was bound before the pods of "small" were bound
    And the status of "small" matches "small-running.status.yaml"
