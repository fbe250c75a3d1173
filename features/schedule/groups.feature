@extended:task-resource-groups
Feature: A group of task resources is reserved together, or not at all

  Most groups here are made by hand, of pods that no scheduler looks at: what a scheduler would say
  of their task resources is said by somebody.

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And "unscheduled-pod.yaml" is applied
    And "unscheduled-pod.yaml" is applied with
      | metadata.namespace | bob |

  @id:schedule-group-created @req:TG-01
  Scenario: Each party gets a task resource, to which its pods are handed over
    When "group.yaml" is applied
    Then the group "psi" matches "created.group.yaml"
    And the task resource "alice/psi" matches "created.resource.yaml"
    And the task resource "bob/psi" matches "created.resource.yaml"
    When 1 second passes
    Then the pods of "psi" match "handed-over.pod.yaml"

  @id:schedule-group-refused @req:TG-02
  Scenario Outline: A group that cannot be reserved fails at once, and says why
    When "group.yaml" is applied with
      | <path> | <value> |
    Then the group "psi" matches "<id>.group.yaml"
    And the phases of the group "psi" were Failed

    Examples:
      | id           | path                    | value |
      | too-many     | spec.minReservedMembers | 3     |
      | no-initiator | spec.initiator          | ""    |

  @id:schedule-group-reserved @req:TG-03
  Scenario: Once the last has reserved, and not before, all may be bound
    Given "group.yaml" is applied
    When somebody sets the task resource "alice/psi" to Reserved
    And 2 seconds pass
    And somebody sets the task resource "bob/psi" to Reserved
    Then the group "psi" matches "reserved.group.yaml"
    And the task resource "alice/psi" matches "schedulable.resource.yaml"
    And the task resource "bob/psi" matches "schedulable.resource.yaml"
    And the group "psi" became Reserved 2 s after the task resource "alice/psi" became Reserved
    And the phases of the group "psi" were Reserving, Reserved

  @id:schedule-group-stays-reserved @req:TG-03
  Scenario: What becomes of a task resource later is nothing to a group that has been reserved
    Given "group.yaml" is applied
    And the task "probe" of alice
    When somebody sets the task resource "alice/psi" to Reserved
    And somebody sets the task resource "bob/psi" to Reserved
    Then the group "psi" matches "reserved.group.yaml"
    When somebody sets the task resource "bob/psi" to Failed
    And the task "probe" is created
    And the pods of "probe" are bound
    Then the group "psi" matches "reserved.group.yaml"
    And the phases of the group "psi" were Reserving, Reserved

  @id:schedule-group-retries @req:TG-04
  Scenario: When one has failed the round is over for all, and after the pause all try again
    Given "group.yaml" is applied
    When somebody sets the task resource "alice/psi" to Failed
    Then the group "psi" matches "reserve-failed.group.yaml"
    And the task resource "bob/psi" matches "round-failed.resource.yaml"
    And the group "psi" matches "second-round.group.yaml"
    And the task resource "alice/psi" matches "retrying.resource.yaml"
    And the task resource "bob/psi" matches "retrying.resource.yaml"
    And the group "psi" became Reserving again 5 s after the group "psi" became ReserveFailed
    And the phases of the group "psi" were Reserving, ReserveFailed, Reserving

  @id:schedule-group-starts-afresh @req:TG-04
  Scenario: What was reserved in a round that failed does not count in the next
    Given "group.yaml" is applied
    When somebody sets the task resource "alice/psi" to Reserved
    And somebody sets the task resource "bob/psi" to Failed
    Then the task resource "alice/psi" matches "round-failed.resource.yaml"
    And the task resource "alice/psi" matches "reserved-before.resource.yaml"
    And the task resource "bob/psi" matches "retrying.resource.yaml"
    And the phases of the group "psi" were Reserving, ReserveFailed, Reserving

  @id:schedule-group-expires @req:TG-05
  Scenario Outline: A group whose lifecycle is over fails, <whatever>
    Given "group.yaml" is applied with
      | spec.lifecycleSeconds     | 6  |
      | spec.retryIntervalSeconds | 30 |
    When somebody sets the task resource "alice/psi" to <phase>
    Then the group "psi" matches "expired.group.yaml"
    And the task resource "bob/psi" matches "failed.resource.yaml"
    And the group "psi" became Failed 6 s after the group "psi" was created
    And the phases of the group "psi" were <phases>

    Examples:
      | id      | whatever         | phase     | phases                           |
      | waits   | while it waits   | Reserving | Reserving, Failed                |
      | holds   | though one holds | Reserved  | Reserving, Failed                |
      | between | between rounds   | Failed    | Reserving, ReserveFailed, Failed |

  @id:schedule-group-loses @req:TG-06
  Scenario: A group that has lost a task resource that it needs fails
    Given "group.yaml" is applied
    When the group "psi" matches "created.group.yaml"
    And the task resource "bob/psi" is deleted by somebody
    Then the group "psi" matches "lost.group.yaml"
    And the task resource "alice/psi" matches "group-failed.resource.yaml"
    And the phases of the group "psi" were Reserving, Failed

  @id:schedule-group-of-task @req:TG-01
  Scenario: What a task does not say of its scheduling, its group has by default
    Given the task "task" of alice and bob
    When the task "task" is created
    Then the group "task" matches "defaults.group.yaml"
    And the phases of the group "task" were Reserving, Reserved

  @id:schedule-group-counts-rounds @req:TG-04
  Scenario: The rounds after the first are counted
    Given the task "task" of alice and bob, which holds for 2 s, retries after 6 s and lives for 40 s
    And the nodes of bob have room for no pod
    When the task "task" is created
    Then the group "task" matches "third-round.group.yaml"
    And the group "task" became ReserveFailed 2 s after the group "task" became Reserving
    And the group "task" became Reserving again 6 s after the group "task" became ReserveFailed
    And the phases of the group "task" were Reserving, ReserveFailed, Reserving, ReserveFailed, Reserving

  @id:schedule-group-of-failed-task @req:TG-06
  Scenario: When its task has failed a group fails with it
    Given the task "task" of alice and bob
    And the nodes of bob have room for no pod
    When the task "task" is created
    And the task resource "alice/task" matches "reserved.resource.yaml"
    And somebody writes into the status of "task"
      | phase | Failed |
    Then the group "task" matches "task-failed.group.yaml"
    And the task resource "alice/task" matches "group-failed.resource.yaml"

  @id:schedule-group-deleted @req:TG-07
  Scenario: With its task a group goes, and with the group its task resources
    Given the task "task" of alice and bob
    And the nodes of bob have room for no pod
    When the task "task" is created
    And the task resource "alice/task" matches "reserved.resource.yaml"
    And the task "task" is deleted
    Then the group "task" is gone
    And the task resource "alice/task" is gone
    And the task resource "bob/task" is gone

  @id:schedule-group-makes-again @req:TG-08
  Scenario: The pods of a task resource that somebody has deleted are bound all the same
    Given the nodes of alice and bob have room for no pod
    And the task "task" of alice and bob, which needs 1 party and lives for 60 s
    When the task "task" is created
    And the task resource "bob/task" matches "awaits.resource.yaml"
    And 1 second passes
    And the task resource "bob/task" is deleted by somebody
    And the nodes of alice have room for 1 pod
    Then the pod "alice/task-0" is bound
    When the nodes of bob have room for 1 pod
    Then the pods of "task" are bound
