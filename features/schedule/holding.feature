@core
Feature: A party that has reserved holds its room while it waits for the others

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "probe" of alice

  @id:schedule-hold-released @req:SC-02 @req:SC-06
  Scenario: After resourceReservedSeconds a probe gets the room that was held
    Given the task "psi" of alice and bob, which holds for 3 s, retries after 30 s and lives for 60 s
    When the task "psi" is created
    And 1 second passes
    And the task "probe" is created
    Then the pods of "probe" were bound 3 s after the task "psi" was created
    And no pod of "psi" was bound before the pods of "probe" were bound
    And no node ever had more than its room
