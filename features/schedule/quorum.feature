@extended:task-resource-groups
Feature: A group that needs only two of its three parties

  Made by hand, of pods that no scheduler looks at: what a scheduler would say of their task
  resources is said by somebody.

  Background:
    Given the domains alice, bob and carol, each with room for 1 pod
    And "unscheduled-pod.yaml" is applied
    And "unscheduled-pod.yaml" is applied with
      | metadata.namespace | bob |
    And "unscheduled-pod.yaml" is applied with
      | metadata.namespace | carol |
    And "group.yaml" is applied

  @id:schedule-quorum-reserved @req:TG-03
  Scenario: Two are enough, and the third may be bound with them, though it has failed
    When somebody sets the task resource "alice/psi" to Failed
    And somebody sets the task resource "bob/psi" to Reserved
    And 2 seconds pass
    And somebody sets the task resource "carol/psi" to Reserved
    Then the group "psi" matches "reserved.group.yaml"
    And the task resource "alice/psi" matches "schedulable.resource.yaml"
    And the task resource "bob/psi" matches "schedulable.resource.yaml"
    And the group "psi" became Reserved 2 s after the task resource "bob/psi" became Reserved
    And the phases of the group "psi" were Reserving, Reserved

  @id:schedule-quorum-lost @req:TG-04
  Scenario: One that fails does not end the round; the second does
    When somebody sets the task resource "alice/psi" to Failed
    And 2 seconds pass
    And somebody sets the task resource "bob/psi" to Failed
    Then the group "psi" matches "reserve-failed.group.yaml"
    And the task resource "carol/psi" matches "round-failed.resource.yaml"
    And the group "psi" became ReserveFailed 2 s after the task resource "alice/psi" became Failed
