@core
Feature: The pods of a party may be spread over the nodes of its domain

  Background:
    Given the task "probe" of alice

  @id:schedule-spread @req:RN-01b @req:SC-09 @req:SC-10a @req:SC-10b @req:SC-13
  Scenario Outline: For <min> of four pods, nodes with room for <enough> are enough, for <fewer> not
    Given the domain alice with <nodes> nodes that have room for no pod
    And the nodes of alice have room for <fewer> pods
    And the task "psi" of alice, which holds for 20 s, retries after 2 s and lives for 60 s
    And the task "psi" has
      | spec.parties[0].template.replicas | 4     |
      | spec.parties[0].minReservedPods   | <min> |
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    Then the pods of "probe" are bound
    When the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of alice have room for <enough> pods
    Then <min> of the pods of "psi" are bound
    And the status of "psi" matches "runs.status.yaml"
    And no node ever had more than its room

    Examples:
      | id            | nodes | min | fewer      | enough     |
      | one-node      | 1     | 4   | 3          | 4          |
      | one-each      | 4     | 4   | 1, 1, 1, 0 | 1, 1, 1, 1 |
      | three-and-one | 2     | 4   | 3, 0       | 3, 1       |
      | one-and-three | 2     | 4   | 0, 3       | 1, 3       |
      | two-and-two   | 2     | 4   | 2, 1       | 2, 2       |
      | three-of-four | 3     | 3   | 1, 1, 0    | 1, 1, 1    |
      | two-of-four   | 2     | 2   | 0, 1       | 1, 1       |

  @id:schedule-spread-rest @req:SC-19
  Scenario: Pods beyond the minimum go to whichever node has room
    Given the domain alice with 2 nodes that have room for 1 pod
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 4 |
      | spec.parties[0].minReservedPods   | 2 |
    When the task "psi" is created
    Then 2 of the pods of "psi" are bound
    When the nodes of alice have room for 1 and 2 pods
    Then 3 of the pods of "psi" are bound
    When the nodes of alice have room for 1 and 3 pods
    Then 4 of the pods of "psi" are bound
    And the status of "psi" matches "four-run.status.yaml"
