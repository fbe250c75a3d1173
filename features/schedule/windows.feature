@core
Feature: A round lasts as long as enough parties can still reserve in it

  # If the round had ended after three seconds, the next would begin at 33.
  @provisional @id:schedule-nobody-holds @req:SC-05 @req:CR-14
  Scenario: Where nobody has reserved the round goes on, and room is used whenever it appears
    Given the domains alice and bob, each with room for no pod
    And the task "psi" of alice and bob, which holds for 3 s, retries after 30 s and lives for 60 s
    When the task "psi" is created
    And 6 seconds pass
    And the nodes of alice have room for 1 pod
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" are bound
    And the status of "psi" matches "running.status.yaml"

  @provisional @id:schedule-single-party @req:SC-05
  Scenario: A single party has nobody to wait for
    Given the domain alice, with room for no pod
    And the task "solo" of alice, which holds for 3 s, retries after 30 s and lives for 60 s
    When the task "solo" is created
    And 6 seconds pass
    And the nodes of alice have room for 1 pod
    Then the pods of "solo" are bound

  # Alice lets go at second 8; bob and carol could still be enough, until bob, who holds from 10
  # on, lets go at 18. Then the round has failed, and the next begins at 38.
  @provisional @id:schedule-enough-are-left @req:SC-03b
  Scenario: Where one has let go and the others are still enough, the round goes on without it
    Given the domains alice, bob and carol, each with room for no pod
    And the nodes of alice have room for 1 pod
    And the task "probe" of alice
    And the task "psi" of alice, bob and carol, which holds for 8 s, retries after 20 s, needs 2 parties and lives for 200 s
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    When the task "probe" is deleted
    And 2 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of bob were bound 30 s after the pods of "probe" were bound, or up to 10 s later
