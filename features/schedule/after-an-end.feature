@core
Feature: What ends makes way for what waits

  @id:schedule-ended-pods-count @req:SC-09 @req:SC-13
  Scenario Outline: Two of three pods that were bound <end>: a fourth needs room for itself alone
    Given the domains alice and bob, each with room for 3 pods
    And the task "psi" of alice and bob
    And the task "psi" has
      | spec.parties[1].template.replicas | 5 |
      | spec.parties[1].minReservedPods   | 3 |
    When the task "psi" is created
    And 3 of the pods of bob are bound
    And the nodes of bob have room for 1 pod
    And 2 of the pods of bob finish with exit code <code>
    And 2 of the pods of bob have ended
    And the nodes of bob have room for 2 pods
    Then 4 of the pods of bob are bound
    And no node ever had more than its room

    Examples:
      | id        | end     | code |
      | succeeded | succeed | 0    |
      | failed    | fail    | 3    |

  @id:schedule-over-without-carol @req:RN-04 @req:SC-06b
  Scenario Outline: A task that <end> without carol leaves her room to others
    Given the domains alice, bob and carol, each with room for 1 pod
    And the nodes of carol have room for no pod
    And the task "psi" of alice, bob and carol, which needs 2 parties
    And the task "probe" of carol
    When the task "psi" is created
    And 2 of the pods of "psi" are bound
    And 2 of the pods of "psi" finish with exit code <code>
    And the status of "psi" matches "<end>.status.yaml"
    Then the pod "carol/psi-0" is over
    When the nodes of carol have room for 1 pod
    And the task "probe" is created
    Then the pods of "probe" are bound

    Examples:
      | id        | end       | code |
      | succeeded | succeeded | 0    |
      | failed    | failed    | 3    |

  @id:schedule-late-start @req:SC-04a @needs:faults
  Scenario: A lifecycle begins when the controller first handles the task, not when it is created
    Given the domains alice and bob, each with room for no pod
    And the task "psi" of alice and bob, which holds for 2 s, retries after 2 s and lives for 8 s
    When the controller is killed
    And the task "psi" is created
    And 12 seconds pass
    And the controller is started
    And the status of "psi" matches "waits.status.yaml"
    Then the task "psi" became Failed 8 s after the task "psi" became Pending
