@core
Feature: A task that could not be scheduled has failed when its lifecycle is over, no other does

  @id:schedule-lifecycle-over @req:SC-04a @req:SC-04b @req:VW-06
  Scenario Outline: A lifecycle <title>
    Given the domains <parties>, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of <parties>, which holds for <holds> s, retries after <retries> s and lives for <lives> s
    When the task "psi" is created
    Then the task "psi" became Failed <lives> s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "over.status.yaml"
    And the phases of "psi" were Pending, Failed

    Examples:
      | id        | title                                              | parties                    | holds | retries | lives |
      | in-pause  | that ends in the pause after the second round      | alice and bob              | 2     | 7       | 14    |
      | in-window | that ends while two of three reserve a second time | alice, bob and carol       | 8     | 4       | 16    |
      | one-round | that is shorter than the pause                     | alice and bob              | 2     | 300     | 6     |
      | one-hold  | that is as long as a party holds                   | alice and bob              | 6     | 10      | 6     |
      | second    | of a second                                        | alice and bob              | 30    | 30      | 1     |
      | four      | of four parties                                    | alice, bob, carol and dave | 2     | 2       | 8     |

  @id:schedule-lifecycle-long @req:SC-04a @req:VW-06 @needs:virtual-clock
  Scenario: A lifecycle of more than an hour
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 900 s, retries after 900 s and lives for 5000 s
    When the task "psi" is created
    Then the task "psi" became Failed 5000 s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "over.status.yaml"

  @id:schedule-lifecycle-nobody @req:SC-04a @req:VW-06
  Scenario: A lifecycle in which nobody has reserved anything
    Given the domains alice and bob, each with room for no pod
    And the task "psi" of alice and bob, which holds for 2 s, retries after 2 s and lives for 7 s
    When the task "psi" is created
    Then the task "psi" became Failed 7 s after the task "psi" became Pending
    And the status of "psi" matches "over.status.yaml"

  @id:schedule-lifecycle-ends-hold @req:SC-04a
  Scenario: A lifecycle that is shorter than a party holds ends what it holds
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "probe" of alice
    And the task "psi" of alice and bob, which holds for 30 s, retries after 30 s and lives for 10 s
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 10 s after the task "psi" became Pending, or up to 10 s later
    And the task "psi" became Failed 10 s after the task "psi" became Pending

  @id:schedule-lifecycle-says-who @req:VW-07
  Scenario Outline: The message names the lifecycle, and who could not reserve in any round: <who>
    Given the domains <parties>, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the nodes of <other> have room for no pod
    And the task "psi" of <parties>, which holds for 2 s, retries after 2 s and lives for 7 s
    When the task "psi" is created
    Then the status of "psi" matches "<document>.status.yaml"

    Examples:
      | id   | who           | parties              | other | document |
      | one  | bob           | alice, bob and carol | bob   | bob      |
      | both | alice and bob | alice and bob        | alice | both     |

  # Rounds begin at seconds 0 and 12.
  @id:schedule-lifecycle-outlived @req:SC-04a @req:SC-04b
  Scenario: A task that was scheduled, be it in the second round, runs on when its lifecycle is over
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 8 s, retries after 4 s and lives for 30 s
    When the task "psi" is created
    And 10 seconds pass
    And the nodes of bob have room for 1 pod
    And the pods of "psi" run
    And 25 seconds pass
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And the phases of "psi" were Pending, Running, Succeeded

  # Provisional: that an image cannot be had might fail a task at once, for its own reason.
  @id:schedule-lifecycle-not-begun @provisional @req:SC-04a @req:SC-04b
  Scenario: A task that was scheduled waits for its image when its lifecycle is over
    Given the domains alice and bob, each with room for 1 pod
    And the AppImage has
      | spec.image.name | no-such-image |
    And the task "psi" of alice and bob, which lives for 4 s
    When the task "psi" is created
    Then the pods of "psi" are bound
    When 7 seconds pass
    Then the status of "psi" matches "not-begun.status.yaml"
    And the phases of "psi" were Pending

  # Provisional for the same reason.
  @id:schedule-lifecycle-not-begun-by-two @provisional @req:SC-04a @req:SC-04b
  Scenario: A task that was scheduled without carol waits for its image when its lifecycle is over
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of carol have room for no pod
    And the AppImage has
      | spec.image.name | no-such-image |
    And the task "psi" of alice, bob and carol, which needs 2 parties and lives for 4 s
    When the task "psi" is created
    And 2 of the pods of "psi" are bound
    And 7 seconds pass
    Then the status of "psi" matches "not-begun.status.yaml"
    And the phases of "psi" were Pending
