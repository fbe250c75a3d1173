@core
Feature: Something happens to a node

  Background:
    Given the domains alice, bob and carol, each with room for 1 pod
    And the task "probe" of alice

  @id:schedule-node-closed @req:CR-14 @req:SC-01a @req:SC-01b
  Scenario Outline: Bob's node <lacks>: there is no room on it, until <later>
    Given the nodes of bob <closed>
    And the task "psi" of alice and bob, which holds for 15 s, retries after 20 s and lives for 200 s
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound 15 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    When the task "probe" is deleted
    And the nodes of bob <opened>
    Then the pods of "psi" were bound 35 s after the task "psi" became Pending, or up to 10 s later
    And the status of "psi" matches "runs.status.yaml"

    Examples:
      | id       | closed       | opened         | lacks           | later             |
      | cordoned | are cordoned | are uncordoned | is cordoned     | it is not         |
      | not-his  | serve carol  | serve bob      | is carol's      | it is his again   |

  @provisional @id:schedule-node-cordoned-held @req:CR-14 @req:SC-02b
  Scenario: A node is cordoned on which alice holds room: that stays hers
    Given the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which lives for 100 s
    When the task "psi" is created
    And 3 seconds pass
    And the nodes of alice are cordoned
    And 2 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound 5 s after the task "psi" was created, or up to 10 s later
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-node-added @req:SC-05 @req:CR-14
  Scenario: A further node is made bob's, since his own is cordoned: there his pod runs
    Given the nodes of bob are cordoned
    And the task "psi" of alice and bob, which lives for 100 s
    When the task "psi" is created
    And 2 seconds pass
    And the nodes of carol serve bob
    Then the pods of "psi" were bound 2 s after the task "psi" was created, or up to 10 s later
    And the status of "psi" matches "bob-on-carols.status.yaml"

  @id:schedule-node-shrunk @req:CR-14 @req:SC-01b @req:SC-13
  Scenario: A node shrinks on which alice holds room: nobody starts until there is room again
    Given the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which retries after 2 s and lives for 100 s
    When the task "psi" is created
    And 1 second passes
    And the nodes of alice have room for no pod
    And 1 second passes
    And the nodes of bob have room for 1 pod
    And 2 seconds pass
    And the nodes of alice have room for 1 pod
    Then the pods of "psi" are bound
    And no node ever had more than its room
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-node-shrunk-held-twice @req:SC-01a @req:SC-01b @req:SC-13
  Scenario: A node shrinks on which two tasks hold room: neither starts until there is room again
    Given the nodes of alice have room for 2 pods
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which retries after 2 s and lives for 100 s
    And the task "chi" of alice and bob, which retries after 2 s and lives for 100 s
    When the task "psi" is created
    And the task "chi" is created
    And 2 seconds pass
    And the nodes of alice have room for no pod
    And 1 second passes
    And the nodes of bob have room for 2 pods
    And 2 seconds pass
    Then no pod of "psi" was bound
      | witness | the pods of "psi" exist |
    And no pod of "chi" was bound
      | witness | the pods of "chi" exist |
    When the nodes of alice have room for 2 pods
    Then the pods of "psi" are bound
    And the pods of "chi" are bound
    And no node ever had more than its room

  @id:schedule-node-shrunk-for-ever @req:RN-01d @req:SC-01a @req:SC-01b @req:SC-13
  Scenario: A node shrinks for good, on which alice holds room: nobody ever starts
    Given the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which retries after 2 s and lives for 6 s
    When the task "psi" is created
    And 1 second passes
    And the nodes of alice have room for no pod
    And 1 second passes
    And the nodes of bob have room for 1 pod
    And 1 second passes
    Then no node ever had more than its room
    And the task "psi" became Failed 6 s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-node-shrunk-enough @req:CR-14 @req:SC-02a @req:SC-02b @req:SC-13
  Scenario: A node shrinks to what alice holds of it: that stays hers
    Given the nodes of alice have room for 2 pods
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which lives for 100 s
    When the task "psi" is created
    And 3 seconds pass
    And the nodes of alice have room for 1 pod
    And the task "probe" is created
    And 2 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound 5 s after the task "psi" was created, or up to 10 s later
    And no pod of "probe" was bound before the pods of "psi" were bound
    And no node ever had more than its room
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-node-gone @needs:simulated-nodes @req:SC-04a @req:SC-04b
  Scenario: Bob's node goes while he looks for room: the task waits as without it
    Given the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 8 s, retries after 60 s and lives for 22 s
    When the task "psi" is created
    And 3 seconds pass
    And the nodes of bob are deleted by somebody
    And the task "probe" is created
    Then the pods of "probe" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    And the task "psi" became Failed 22 s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-node-gone-held @needs:simulated-nodes @req:RN-01d @req:SC-01a @req:SC-01b
  Scenario: A node goes on which alice holds room: nobody starts without it
    Given the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which retries after 2 s and lives for 6 s
    When the task "psi" is created
    And 1 second passes
    And the nodes of alice are deleted by somebody
    And 1 second passes
    And the nodes of bob have room for 1 pod
    Then the task "psi" became Failed 6 s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-node-replaced @needs:simulated-nodes @req:CR-14 @req:SC-01b
  Scenario: A node goes on which alice holds room, and another is made hers: there her pod runs
    Given the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which retries after 2 s and lives for 100 s
    When the task "psi" is created
    And 1 second passes
    And the nodes of alice are deleted by somebody
    And the nodes of carol serve alice
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" are bound
    And the status of "psi" matches "alice-on-carols.status.yaml"
