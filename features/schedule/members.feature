@core
Feature: How many parties are enough to start

  @id:schedule-members @req:CR-14 @req:SC-01a @req:SC-08
  Scenario Outline: Of <parties>, <enough> with room are enough, and one fewer is not
    Given the domains <parties> and erin, each with room for 1 pod
    And the nodes of <short> have room for no pod
    And the task "probe" of erin
    And the task "psi" of <parties>
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | <min> |
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of <next> have room for 1 pod
    Then <enough> of the pods of "psi" are bound
    And the status of "psi" matches "first-<enough>.status.yaml"

    Examples:
      | id      | parties                 | min  | enough | short                   | next  |
      | 1-of-1  | alice                   | 1    | 1      | alice                   | alice |
      | 1-of-2  | alice, bob              | 1    | 1      | alice, bob              | alice |
      | 2-of-2  | alice, bob              | 2    | 2      | bob                     | bob   |
      | 1-of-3  | alice, bob, carol       | 1    | 1      | alice, bob, carol       | alice |
      | 2-of-3  | alice, bob, carol       | 2    | 2      | bob, carol              | bob   |
      | 3-of-3  | alice, bob, carol       | 3    | 3      | carol                   | carol |
      | default | alice, bob, carol       | null | 3      | carol                   | carol |
      | 1-of-4  | alice, bob, carol, dave | 1    | 1      | alice, bob, carol, dave | alice |
      | 2-of-4  | alice, bob, carol, dave | 2    | 2      | bob, carol, dave        | bob   |
      | 3-of-4  | alice, bob, carol, dave | 3    | 3      | carol, dave             | carol |
      | 4-of-4  | alice, bob, carol, dave | 4    | 4      | dave                    | dave  |

  @id:schedule-members-any @req:CR-14 @req:SC-08
  Scenario Outline: Of three parties <min> are enough, whichever they are: <which>
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of <short> have room for no pod
    And the task "psi" of alice, bob and carol, which needs <min> parties
    When the task "psi" is created
    Then <min> of the pods of "psi" are bound
    And the status of "psi" matches "<id>.status.yaml"

    Examples: Alice is the initiator
      | id              | min | short         | which              |
      | bob-and-carol   | 2   | alice         | the last two       |
      | alice-and-carol | 2   | bob           | the first and last |
      | carol-alone     | 1   | alice and bob | the last           |

  @id:schedule-members-five @req:SC-01a @req:SC-01b @req:SC-13
  Scenario: Without minReservedMembers all of five parties are needed
    Given the domains alice and bob, each with room for 4 pods
    And the task "psi" of alice, which retries after 2 s and lives for 60 s
    And the task "psi" has
      | spec.parties[0].role | one                                                    |
      | spec.parties[1]      | {domainID: alice, role: two, appImageRef: app-image}   |
      | spec.parties[2]      | {domainID: alice, role: three, appImageRef: app-image} |
      | spec.parties[3]      | {domainID: alice, role: four, appImageRef: app-image}  |
      | spec.parties[4]      | {domainID: alice, role: five, appImageRef: app-image}  |
    And the task "probe" of bob
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of alice have room for 5 pods
    Then the pods of "psi" are bound
    And no node ever had more than its room

  @id:schedule-members-not-pods @req:CR-14 @req:SC-01a @req:SC-08
  Scenario: Two pods of one party are not two parties
    Given the domains alice, bob and carol, each with room for 3 pods
    And the nodes of bob and carol have room for no pod
    And the task "psi" of alice, bob and carol, which needs 2 parties
    And the task "psi" has
      | spec.parties[0].template.replicas | 2 |
    And the task "probe" of alice
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of bob have room for 1 pod
    Then 3 of the pods of "psi" are bound
    And the status of "psi" matches "two-pods-and-one.status.yaml"

  @id:schedule-members-each-role @req:SC-01a @req:SC-01b @req:SC-13 @req:VW-04a @req:VW-04b
  Scenario: Each role of a domain is a party, and each is needed
    Given the domains alice and bob, each with room for 2 pods
    And the nodes of alice have room for 1 pod
    And the task "psi" of alice and bob
    And the task "psi" has
      | spec.parties[0].role | host                                                 |
      | spec.parties[2]      | {domainID: alice, role: guest, appImageRef: app-image} |
    And the task "probe" of bob
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no node ever had more than its room
    And no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of alice have room for 2 pods
    Then the pods of "psi" are bound
    And no node ever had more than its room
    And the status of "psi" matches "host-guest-and-bob.status.yaml"

  @id:schedule-members-roles-enough @req:SC-08
  Scenario: Two roles of a domain are two parties, and enough where two are
    Given the domains alice and bob, each with room for 2 pods
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which needs 2 parties
    And the task "psi" has
      | spec.parties[0].role | host                                                 |
      | spec.parties[2]      | {domainID: alice, role: guest, appImageRef: app-image} |
    When the task "psi" is created
    Then 2 of the pods of "psi" are bound
    And the status of "psi" matches "host-and-guest.status.yaml"

  @provisional @id:schedule-members-twice @req:CR-14 @req:CR-16a @req:SC-01a @req:SC-01b
  Scenario: A party that is listed twice is one party
    Given the domains alice and bob, each with room for 3 pods
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which needs 2 parties
    And the task "psi" has
      | spec.parties[2] | {domainID: alice, appImageRef: app-image} |
    And the task "probe" of alice
    When the task "psi" is created
    Then the pods of "psi" are alice/psi-0 and bob/psi-0
    When the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of bob have room for 1 pod
    Then the pods of "psi" are bound
    And the status of "psi" matches "both-run.status.yaml"

  @provisional @id:schedule-members-alone @req:SC-05 @req:CR-14
  Scenario: A task of one party waits for room alone, longer than it would hold it
    Given the domain alice with room for no pod
    And the task "solo" of alice, which holds for 3 s, retries after 60 s and lives for 200 s
    When the task "solo" is created
    And 5 seconds pass
    And the nodes of alice have room for 1 pod
    Then the pods of "solo" were bound 5 s after the task "solo" was created, or up to 10 s later
    And the status of "solo" matches "solo.status.yaml"

  @id:schedule-members-rest-follows @req:SC-19
  Scenario: A party for which there was no room is bound later, alone, at once
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of carol have room for no pod
    And the task "psi" of alice, bob and carol, which holds for 60 s, retries after 60 s and lives for 6 s
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 2 |
    When the task "psi" is created
    Then 2 of the pods of "psi" are bound
    And the status of "psi" matches "first-2.status.yaml"
    When 8 seconds pass
    And the nodes of carol have room for 1 pod
    Then the pods of "psi" were bound at most 40 s after the task "psi" became Pending
    And the status of "psi" matches "first-3.status.yaml"

  @id:schedule-members-rest-complete @req:SC-10a @req:SC-10b
  Scenario: A party that is bound later is not bound below its own minimum
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of carol have room for no pod
    And the task "psi" of alice, bob and carol, which needs 2 parties
    And the task "psi" has
      | spec.parties[2].template.replicas | 2 |
    And the task "probe" of carol
    When the task "psi" is created
    And 2 of the pods of "psi" are bound
    And the nodes of carol have room for 1 pod
    And the task "probe" is created
    Then the pods of "probe" are bound
    When the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then the status of "psi" matches "carol-waits.status.yaml"

  @provisional @id:schedule-members-window-over @req:SC-05 @req:CR-14
  Scenario: That alice has held in vain ends no round in which the others are enough
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of bob and carol have room for no pod
    And the task "psi" of alice, bob and carol, which holds for 3 s, retries after 60 s and lives for 200 s
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 2 |
    When the task "psi" is created
    And 5 seconds pass
    And the nodes of bob and carol have room for 1 pod
    Then the pods of "psi" were bound 5 s after the task "psi" was created, or up to 10 s later
    And the status of "psi" matches "first-3.status.yaml"

  @provisional @id:schedule-members-windows-apart @req:CR-14 @req:SC-02a @req:SC-02b
  Scenario: Who has held in vain does not hold again before the next round
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of bob and carol have room for no pod
    And the task "psi" of alice, bob and carol, which holds for 15 s, retries after 10 s and lives for 200 s
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 2 |
    When the task "psi" is created
    And 18 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of alice were bound 43 s after the task "psi" became Pending, or up to 10 s later
    And 2 of the pods of "psi" are bound
    And the status of "psi" matches "first-2.status.yaml"

  @id:schedule-members-never-enough @req:SC-04a
  Scenario: Where the others never find room, alice lets go of hers, and the lifecycle ends
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of bob and carol have room for no pod
    And the task "psi" of alice, bob and carol, which holds for 8 s, retries after 14 s and lives for 26 s
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 2 |
    And the task "probe" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    And the task "psi" became Failed 26 s after the task "psi" became Pending
    And no pod of "psi" was bound
      | witness | the pods of "probe" are bound |
    And the status of "psi" matches "expired.status.yaml"

  @id:schedule-members-and-pods @req:SC-09 @req:SC-10a @req:SC-13
  Scenario: Two of three parties are enough, with two of three pods each, and not with fewer
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of alice have room for 2 pods
    And the task "psi" of alice, bob and carol, which holds for 20 s, retries after 3 s and lives for 60 s
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 2                                                                                   |
      | spec.parties[0]                        | {domainID: alice, appImageRef: app-image, minReservedPods: 2, template: {replicas: 3}} |
      | spec.parties[1]                        | {domainID: bob, appImageRef: app-image, minReservedPods: 2, template: {replicas: 3}}   |
      | spec.parties[2]                        | {domainID: carol, appImageRef: app-image, minReservedPods: 2, template: {replicas: 3}} |
    And the task "probe" of alice, bob and carol
    When the task "psi" is created
    And 1 second passes
    And the task "probe" is created
    Then the pods of "probe" were bound 0 s after the task "probe" was created, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    When the pods of "probe" finish
    And the nodes of bob have room for 2 pods
    Then a pod of "psi" was bound at most 40 s after the task "psi" became Pending
    And 4 of the pods of "psi" are bound
    And the status of "psi" matches "alice-and-bob-run.status.yaml"
    And no node ever had more than its room
