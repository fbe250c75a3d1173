@core
Feature: A round that has failed is followed by a pause, and then by the next

  # Rounds begin at seconds 0, 25 and 50, and fail at 15, 40 and 65, when what is held is released.
  @id:schedule-room-in-pause @req:CR-14 @req:SC-03b
  Scenario Outline: Room that appears <passes> s after the start, in a pause, is used in the next round
    Given the domains <parties>, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of <parties>, which holds for 15 s, retries after 10 s and lives for 200 s
    When the task "psi" is created
    And <passes> seconds pass
    And the nodes of bob have room for 1 pod
    Then a pod of "psi" was bound <bound> s after the task "psi" became Pending, or up to 10 s later
    And the pods of "psi" were bound <bound> s after the task "psi" became Pending, or up to 10 s later
    And the status of "psi" matches "running.status.yaml"

    Examples:
      | id     | parties              | passes | bound |
      | first  | alice and bob        | 20     | 25    |
      | three  | alice, bob and carol | 20     | 25    |

    @needs:virtual-clock
    Examples:
      | id     | parties              | passes | bound |
      | second | alice and bob        | 45     | 50    |

  # The next round would begin at second 50, whether this is the first or the second.
  @id:schedule-room-in-window @req:SC-05 @req:CR-14
  Scenario Outline: Room that appears in the <id> round is used in it
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 20 s, retries after <retries> s and lives for 200 s
    When the task "psi" is created
    And <passes> seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound <passes> s after the task "psi" was created, or up to 10 s later
    And the status of "psi" matches "running.status.yaml"

    Examples:
      | id     | passes | retries |
      | first  | 2      | 30      |
      | second | 27     | 5       |

  @id:schedule-room-in-third-window @req:SC-05 @needs:virtual-clock
  Scenario: Room that appears in the third round is used in it
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which lives for 300 s
    When the task "psi" is created
    And 125 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound 125 s after the task "psi" was created, or up to 10 s later

  # A round takes 20 seconds, so 30 have failed.
  @id:schedule-room-after-thirty-rounds @req:SC-03b @needs:virtual-clock
  Scenario: However many rounds have failed, the next one follows
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 15 s, retries after 5 s and lives for 2000 s
    When the task "psi" is created
    And 620 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound at most 680 s after the task "psi" became Pending

  # The second round begins at second 2000.
  @id:schedule-long-pause @req:SC-03b @needs:virtual-clock
  Scenario: A pause of half an hour is not cut short
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 10 s, retries after 1990 s and lives for 4000 s
    When the task "psi" is created
    And 1900 seconds pass
    And the nodes of bob have room for 1 pod
    Then a pod of "psi" was bound 2000 s after the task "psi" became Pending, or up to 10 s later
    And the pods of "psi" were bound 2000 s after the task "psi" became Pending, or up to 10 s later

  @id:schedule-long-hold @req:SC-02a @req:SC-02b @needs:virtual-clock
  Scenario: A party that may hold for half an hour does
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 2000 s, retries after 2000 s and lives for 6000 s
    And the task "probe" of alice
    When the task "psi" is created
    And 1980 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 2000 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
