@core @needs:virtual-clock
Feature: What holds where scheduleConfig says nothing

  A party holds what it has reserved for 30 s, the next round begins 30 s after a failed one, and
  after 300 s it is over. As long as bob has no room, alice's is held in the seconds 0 to 30, 60 to 90,
  120 to 150, 180 to 210 and 240 to 270, and free between them.

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the nodes of bob have room for no pod
    And the task "psi" of alice and bob
    And the task "probe" of alice

  @id:schedule-defaults-rounds @req:RN-01a
  Scenario Outline: Alice's room, wanted from second <asked> on, is had at second <had>
    When the task "psi" is created
    And <asked> seconds pass
    And the task "probe" is created
    Then the pods of "probe" were bound <had> s after the task "psi" became Pending, or up to <later> s later
    And no pod of "psi" was bound before the pods of "probe" were bound
    And the status of "psi" matches "waits.status.yaml"

    @req:SC-02a @req:SC-02b
    Examples: Round after round, as it begins and as it ends
      | id           | asked | had | later |
      | first-begins | 3     | 30  | 10    |
      | first-ends   | 28    | 30  | 10    |
      | second       | 63    | 90  | 10    |
      | second-ends  | 88    | 90  | 10    |
      | third        | 123   | 150 | 10    |
      | fourth       | 183   | 210 | 10    |
      | fifth        | 243   | 270 | 10    |

    @req:SC-03a @req:SC-03b
    Examples: In the pause after each
      | id           | asked | had | later |
      | first-pause  | 33    | 33  | 2     |
      | pause-ends   | 58    | 58  | 2     |
      | second-pause | 93    | 93  | 2     |
      | third-pause  | 153   | 153 | 2     |
      | fourth-pause | 213   | 213 | 2     |
      | fifth-pause  | 273   | 273 | 2     |
      | no-sixth     | 297   | 297 | 2     |

  @id:schedule-defaults-late-room @req:CR-14
  Scenario Outline: Room that bob has from second <given> on is used at second <used>
    When the task "psi" is created
    And <given> seconds pass
    And the nodes of bob have room for 1 pod
    Then the pods of "psi" were bound <used> s after the task "psi" was created, or up to 10 s later
    And the status of "psi" matches "runs.status.yaml"

    @req:SC-05
    Examples: In a round at once
      | id           | given | used |
      | first        | 12    | 12   |
      | second       | 72    | 72   |
      | fifth        | 252   | 252  |

    @req:SC-03b
    Examples: In a pause as the next round begins
      | id           | given | used |
      | first-pause  | 33    | 60   |
      | second-pause | 93    | 120  |

  @id:schedule-defaults-lifecycle @req:SC-04a @req:SC-04b
  Scenario: After 300 seconds the task fails, and holds nothing any more
    When the task "psi" is created
    Then the task "psi" became Failed 300 s after the task "psi" became Pending
    And the status of "psi" matches "failed.status.yaml"
    When the task "probe" is created
    Then the pods of "probe" were bound 0 s after the task "probe" was created, or up to 10 s later

  @id:schedule-defaults-too-late @req:SC-04a @req:SC-04b
  Scenario: Room that bob has in the last pause is not used any more
    When the task "psi" is created
    And 275 seconds pass
    And the nodes of bob have room for 1 pod
    Then the task "psi" became Failed 300 s after the task "psi" became Pending
    And no pod of "psi" was bound before the task "psi" became Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:schedule-defaults-scheduled @req:CR-14 @req:SC-04a @req:SC-04b
  Scenario: A task that was scheduled in time may run on for ever
    Given the nodes of bob have room for 1 pod
    When the task "psi" is created
    And the pods of "psi" run
    And 400 seconds pass
    Then the status of "psi" matches "runs.status.yaml"
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And the phases of "psi" were Pending, Running, Succeeded

  @id:schedule-defaults-counted @extended:task-resource-groups @req:TG-04 @req:TG-05
  Scenario: In 300 seconds it retries four times
    When the task "psi" is created
    Then the group "psi" became Failed 300 s after the task "psi" was created
    And the group "psi" matches "failed.group.yaml"
