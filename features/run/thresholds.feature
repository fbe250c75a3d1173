@core
Feature: How many have to succeed

  @id:run-party-of-three
  Scenario Outline: Of three pods of a party <outcome>
    Given the domain alice with room for 3 pods
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 3 |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "alice/psi-0" finishes with exit code <first>
    And the pod "alice/psi-1" finishes with exit code <second>
    And the pod "alice/psi-2" finishes with exit code <third>
    Then the status of "psi" matches "<party>.status.yaml"

    @req:RN-02a
    Examples: A success
      | id         | first | second | third | party     | outcome         |
      | all        | 0     | 0      | 0     | succeeded | all succeed     |

    @req:RN-02b
    Examples: A failure
      | id         | first | second | third | party     | outcome         |
      | but-a-last | 0     | 0      | 1     | failed    | the last fails  |

  @id:run-party-fails-at-once @req:RN-02b
  Scenario: With one pod that has failed a party has, though its other pods run
    Given the domain alice with room for 3 pods
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 3 |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "alice/psi-0" finishes with exit code 1
    Then the status of "psi" matches "party-failed.status.yaml"

  @id:run-party-goes-on @req:RN-02a
  Scenario: With one of its pods still running a party has not succeeded
    Given the domain alice with room for 3 pods
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 3 |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "alice/psi-0" finishes with exit code 0
    And the status of "psi" matches "one-succeeded.status.yaml"
    Then the status of "psi" matches "goes-on.status.yaml"
    When the pod "alice/psi-1" finishes with exit code 0
    And the status of "psi" matches "two-succeeded.status.yaml"
    Then the status of "psi" matches "goes-on.status.yaml"

  @id:run-min-reserved-pods
  Scenario Outline: Where <min> of three pods are enough, <in words>
    Given the domain alice with room for 3 pods
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 3     |
      | spec.parties[0].minReservedPods   | <min> |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "alice/psi-0" finishes with exit code <first>
    And the pod "alice/psi-1" finishes with exit code <second>
    And the status of "psi" matches "<ended>.status.yaml"
    Then the status of "psi" matches "task-and-party-<outcome>.status.yaml"

    @req:RN-08a
    Examples: Enough
      | id                 | min | first | second | ended         | outcome   | in words                           |
      | two-of-two         | 2   | 0     | 0      | two-succeeded | succeeded | two that succeed are enough        |
      | one-is-enough      | 1   | 1     | 0      | failed-first  | succeeded | one that succeeds outweighs a fail |

    @req:RN-08b
    Examples: Impossible, or not yet
      | id                 | min | first | second | ended         | outcome   | in words                           |
      | one-each           | 2   | 0     | 1      | one-each      | run       | one that fails does not decide     |
      | two-fail           | 2   | 1     | 1      | two-fail      | failed    | two that fail are too many         |
      | one-still-possible | 1   | 1     | 1      | two-fail      | run       | the last may still succeed         |

  @id:run-one-is-left @req:RN-08b
  Scenario: Where one of three pods is enough and all fail, the party has failed
    Given the domain alice with room for 3 pods
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 3 |
      | spec.parties[0].minReservedPods   | 1 |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of "psi" finish with exit code 1
    Then the status of "psi" matches "task-and-party-failed.status.yaml"

  @id:run-min-reserved-members
  Scenario Outline: Where <min> of alice, bob and carol are enough, <outcome>
    Given the domains alice, bob and carol, each with room for 1 pod
    And the task "psi" of alice, bob and carol
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | <min> |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of alice finish with exit code <alice>
    And the pods of bob finish with exit code <bob>
    And the status of "psi" matches "<ended>.status.yaml"
    Then the status of "psi" matches "task-<task>.status.yaml"

    @req:RN-03a
    Examples: Enough
      | id            | min | alice | bob | ended          | task      | outcome                                |
      | two-succeed   | 2   | 0     | 0   | bob-succeeded  | succeeded | two that succeed are enough            |
      | one-succeeds  | 1   | 1     | 0   | bob-succeeded  | succeeded | one that succeeds outweighs a failure  |

    @req:RN-03b
    Examples: Impossible, or not yet
      | id            | min | alice | bob | ended          | task      | outcome                                |
      | one-of-each   | 2   | 0     | 1   | one-party-each | runs      | one that fails does not decide         |
      | two-fail      | 2   | 1     | 1   | parties-failed | failed    | two that fail are too many             |
      | none-yet      | 1   | 1     | 1   | carol-runs     | runs      | the last may still succeed             |
