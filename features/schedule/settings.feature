@core
Feature: What scheduleConfig may say, and leave out

  @id:schedule-no-members @req:SC-14
  Scenario Outline: minReservedMembers <value> is refused
    When "task.yaml" with spec.scheduleConfig.minReservedMembers <value> is applied
    Then it is refused, naming spec.scheduleConfig.minReservedMembers

    Examples:
      | id        | value |
      | zero      | 0     |
      | minus-one | -1    |
      | minus-two | -2    |

  @id:schedule-too-many-members @req:SC-17a
  Scenario Outline: <members> of two parties are not to be had, and the task says so
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which needs <members> parties and lives for 5 s
    When the task "psi" is created
    Then the status of "psi" matches "too-many.status.yaml"
    And no pod of "psi" was bound before the task "psi" became Failed

    Examples:
      | id       | members    |
      | one-more | 3          |
      | huge     | 2147483647 |

  @id:schedule-only-hold-set @req:RN-01a @req:SC-16
  Scenario: Only how long a party holds is set: still it pauses, for longer than it has held
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 8 s
    And the tasks "probe-1" to "probe-2" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe-1" is created
    Then the pods of "probe-1" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    When the task "probe-1" is deleted
    And the nodes of bob have room for 1 pod
    And 10 seconds pass
    And the task "probe-2" is created
    Then the pods of "probe-2" were bound 0 s after the task "probe-2" was created, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe-2" were bound
    And the status of "psi" matches "waits.status.yaml"

  @id:schedule-only-pause-set @req:CR-14 @req:SC-16
  Scenario: Only how long it pauses is set: still a party holds, and for longer
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which retries after 2 s
    And the task "probe" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    And 7 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound 10 s after the task "psi" was created, or up to 10 s later
    And no pod of "probe" was bound before the pods of "psi" were bound
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-only-lifecycle-set @req:RN-01d @req:SC-16
  Scenario: Only how long it lives is set: so long a party holds
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which lives for 8 s
    And the task "probe" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    Then the task "psi" became Failed 8 s after the task "psi" became Pending
    And the pods of "probe" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-part-set @needs:virtual-clock @req:RN-01a @req:SC-16
  Scenario Outline: What <words> has alice's room free at second <had>, wanted from second <asked> on
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which <words>
    And the task "probe" of alice
    When the task "psi" is created
    And <asked> seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound <had> s after the task "psi" became Pending, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And the status of "psi" matches "waits.status.yaml"

    Examples: How long it holds, how long it pauses, and when it holds again
      | id               | words                               | asked | had |
      | holds            | holds for 10 s                      | 3     | 10  |
      | holds-pause      | holds for 10 s                      | 37    | 37  |
      | holds-again      | holds for 10 s                      | 43    | 50  |
      | retries          | retries after 10 s                  | 3     | 30  |
      | retries-again    | retries after 10 s                  | 43    | 70  |
      | lives            | lives for 100 s                     | 3     | 30  |
      | lives-pause      | lives for 100 s                     | 57    | 57  |
      | lives-again      | lives for 100 s                     | 63    | 90  |
      | needs            | needs 2 parties                     | 3     | 30  |
      | needs-again      | needs 2 parties                     | 63    | 90  |
      | all-but-hold     | retries after 10 s, lives for 100 s | 43    | 70  |
      | all-but-pause    | holds for 10 s, lives for 100 s     | 43    | 50  |
      | all-but-lifetime | holds for 10 s, retries after 20 s  | 33    | 40  |

  @id:schedule-part-set-lifecycle @needs:virtual-clock @req:RN-01d @req:SC-16
  Scenario Outline: What <words> fails after <life> s
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which <words>
    When the task "psi" is created
    Then the task "psi" became Failed <life> s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

    Examples:
      | id               | words                             | life |
      | holds            | holds for 10 s                    | 300  |
      | holds-for-longer | holds for 400 s                   | 300  |
      | retries          | retries after 10 s                | 300  |
      | pauses-for-long  | retries after 400 s               | 300  |
      | needs            | needs 2 parties                   | 300  |
      | all-but-lifetime | holds for 10 s, retries after 5 s | 300  |
      | lives            | lives for 100 s                   | 100  |
      | lives-for-longer | lives for 400 s                   | 400  |

  @id:schedule-odd-seconds
  Scenario Outline: <field> <value>: at second 5 it is still there, and alice holds her room
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob
    And the task "psi" has
      | spec.scheduleConfig.<field> | <value> |
    And the task "probe" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe" is created
    And 2 seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound 5 s after the task "psi" was created, or up to 10 s later
    And no pod of "probe" was bound before the pods of "psi" were bound

    @req:SC-17b
    Examples: None, and fewer than none
      | id                | field                   | value |
      | hold-zero         | resourceReservedSeconds | 0     |
      | hold-negative     | resourceReservedSeconds | -5    |
      | lifetime-zero     | lifecycleSeconds        | 0     |
      | lifetime-negative | lifecycleSeconds        | -5    |

    @req:SC-17c
    Examples: As many as there are numbers
      | id              | field                   | value               |
      | hold-huge       | resourceReservedSeconds | 2147483647          |
      | hold-hugest     | resourceReservedSeconds | 9223372036854775807 |
      | lifetime-huge   | lifecycleSeconds        | 2147483647          |
      | lifetime-hugest | lifecycleSeconds        | 9223372036854775807 |

  @id:schedule-odd-pause
  Scenario Outline: retryIntervalSeconds <value>: after the first round it pauses
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob, which holds for 8 s
    And the task "psi" has
      | spec.scheduleConfig.retryIntervalSeconds | <value> |
    And the tasks "probe-1" to "probe-2" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe-1" is created
    Then the pods of "probe-1" were bound 8 s after the task "psi" became Pending, or up to 10 s later
    When the task "probe-1" is deleted
    And the nodes of bob have room for 1 pod
    And 5 seconds pass
    And the task "probe-2" is created
    Then the pods of "probe-2" were bound 0 s after the task "probe-2" was created, or up to 10 s later
    And no pod of "psi" was bound before the pods of "probe-2" were bound
    And the status of "psi" matches "waits.status.yaml"

    @req:SC-17b
    Examples:
      | id       | value |
      | zero     | 0     |
      | negative | -5    |

    @req:SC-17c
    Examples:
      | id   | value               |
      | huge | 9223372036854775807 |

  @id:schedule-no-seconds @needs:virtual-clock @req:SC-17b
  Scenario Outline: <value> for all three is as nothing for all three
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob
    And the task "psi" has
      | spec.scheduleConfig.resourceReservedSeconds | <value> |
      | spec.scheduleConfig.retryIntervalSeconds    | <value> |
      | spec.scheduleConfig.lifecycleSeconds        | <value> |
    And the tasks "probe-1" to "probe-2" of alice
    When the task "psi" is created
    And 3 seconds pass
    And the task "probe-1" is created
    Then the pods of "probe-1" were bound 30 s after the task "psi" became Pending, or up to 10 s later
    When the task "probe-1" is deleted
    And 33 seconds pass
    And the task "probe-2" is created
    Then the pods of "probe-2" were bound 90 s after the task "psi" became Pending, or up to 10 s later
    And the task "psi" became Failed 300 s after the task "psi" became Pending

    Examples:
      | id       | value |
      | zero     | 0     |
      | negative | -5    |
