@core
Feature: A round that has failed is followed by a pause, and then by the next

  # Rounds begin at seconds 0, 8 and 16, and fail at 3, 11 and 19, when what is held is released.
  @id:schedule-room-in-pause @req:CR-14 @req:SC-03b
  Scenario Outline: Room that appears <passes> s after the start, in a pause, is used in the next round
    Given the domains <parties>, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of <parties>, which holds for 3 s, retries after 5 s and lives for 60 s
    When the task "psi" is created
    And <passes> seconds pass
    And the nodes of bob have room for 1 pod
    Then a pod of "psi" was bound <bound> s after the task "psi" was created
    And the pods of "psi" were bound <bound> s after the task "psi" was created
    And the status of "psi" matches "running.status.yaml"

    Examples:
      | id     | parties              | passes | bound |
      | first  | alice and bob        | 4      | 8     |
      | second | alice and bob        | 12     | 16    |
      | three  | alice, bob and carol | 4      | 8     |

  # The next round would begin at second 45, where this is the first, at 34 where it is the second.
  @id:schedule-room-in-window @req:SC-05 @req:CR-14
  Scenario Outline: Room that appears in the <id> round is used in it
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 15 s, retries after <retries> s and lives for 60 s
    When the task "psi" is created
    And <passes> seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" are bound
    And the status of "psi" matches "running.status.yaml"

    Examples:
      | id     | passes | retries |
      | first  | 2      | 30      |
      | second | 18     | 2       |

  @id:schedule-room-in-third-window @req:SC-05 @needs:virtual-clock
  Scenario: Room that appears in the third round is used in it
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which lives for 300 s
    When the task "psi" is created
    And 125 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound 125 s after the task "psi" was created
