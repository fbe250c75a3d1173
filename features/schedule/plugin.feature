@extended:coscheduler-plugin
Feature: The co-scheduler reserves for a task resource, and binds its pods when it may

  Task resources and pods are made by hand, without a group: what a group would say of the task
  resources is said by somebody.

  Background:
    Given the domains alice and bob, each with room for 2 pods
    And the task "probe" of alice

  @id:schedule-plugin-binds @req:CP-01
  Scenario: What has been reserved is bound when the task resource is Schedulable, not before
    Given "resource.yaml" is applied
    And "pod.yaml" is applied
    And "pod.yaml" is applied with
      | metadata.name | psi-1 |
    When the pods of "psi" are handed over to the task resource "alice/psi"
    Then the task resource "alice/psi" matches "reserved.resource.yaml"
    When 2 seconds pass
    And somebody sets the task resource "alice/psi" to Schedulable
    Then the pods of "psi" are bound
    And the pods of "psi" were bound 2 s after the task resource "alice/psi" became Reserved
    And the phases of the task resource "alice/psi" were Reserving, Reserved, Schedulable

  @id:schedule-plugin-lets-go @req:CP-02
  Scenario: What nobody calls for within resourceReservedSeconds is let go
    Given "resource.yaml" is applied with
      | spec.resourceReservedSeconds | 3 |
    And "pod.yaml" is applied
    And "pod.yaml" is applied with
      | metadata.name | psi-1 |
    When the pods of "psi" are handed over to the task resource "alice/psi"
    And the task resource "alice/psi" matches "reserved.resource.yaml"
    And the task "probe" is created
    Then the task resource "alice/psi" matches "failed.resource.yaml"
    And the task resource "alice/psi" became Failed 3 s after the task resource "alice/psi" became Reserved
    And the pods of "probe" were bound 3 s after the task resource "alice/psi" became Reserved
    And no pod of "psi" was bound
      | witness | the pods of "probe" are bound |

  @id:schedule-plugin-told-to-let-go @req:CP-02
  Scenario: What is held for a task resource that has failed is let go at once
    Given "resource.yaml" is applied
    And "pod.yaml" is applied
    And "pod.yaml" is applied with
      | metadata.name | psi-1 |
    When the pods of "psi" are handed over to the task resource "alice/psi"
    And the task resource "alice/psi" matches "reserved.resource.yaml"
    And the task "probe" is created
    And 2 seconds pass
    And somebody sets the task resource "alice/psi" to Failed
    Then the pods of "probe" were bound 2 s after the task resource "alice/psi" became Reserved
    And no pod of "psi" was bound
      | witness | the pods of "probe" are bound |

  @id:schedule-plugin-all-or-none @req:CP-02
  Scenario: With room for fewer pods than it needs a task resource fails at once
    Given the nodes of alice have room for 1 pod
    And "resource.yaml" is applied
    And "pod.yaml" is applied
    And "pod.yaml" is applied with
      | metadata.name | psi-1 |
    When the pods of "psi" are handed over to the task resource "alice/psi"
    And the task "probe" is created
    Then the task resource "alice/psi" matches "failed.resource.yaml"
    And the pods of "probe" were bound 0 s after the task resource "alice/psi" became Failed
    And no pod of "psi" was bound
      | witness | the pods of "probe" are bound |

  @id:schedule-plugin-skips @req:CP-03
  Scenario Outline: For a task resource that is <phase> nothing is held
    Given "resource.yaml" is applied with
      | status.phase | <phase> |
    And "pod.yaml" is applied
    And "pod.yaml" is applied with
      | metadata.name | psi-1 |
    When the pods of "psi" are handed over to the task resource "alice/psi"
    And 1 second passes
    And the task "probe" is created
    Then the pods of "probe" are bound
    And no pod of "psi" was bound
      | witness | the pods of "probe" are bound |
    And the pods of "psi" match "skipped-<id>.pod.yaml"

    Examples:
      | id      | phase   |
      | failed  | Failed  |
      | pending | Pending |

  @id:schedule-plugin-needs-label @req:CP-03
  Scenario: A pod that names a task resource, but does not bear its uid, is not bound
    Given "resource.yaml" is applied with
      | spec.minReservedPods | 1 |
    When "pod.yaml" is applied with
      | metadata.annotations[kuscia.secretflow/task-resource] | psi |
    And 1 second passes
    And the task "probe" is created
    Then the pods of "probe" are bound
    And no pod of "psi" was bound
      | witness | the pods of "probe" are bound |
    And the pods of "psi" match "not-labelled.pod.yaml"

  @id:schedule-plugin-awaits @req:CP-03
  Scenario: A pod waits for the task resource that it names
    When "pod.yaml" is applied with
      | metadata.annotations[kuscia.secretflow/task-resource] | psi |
    And 1 second passes
    And the task "probe" is created
    And the pods of "probe" are bound
    Then the pod "alice/psi-0" matches "waiting.pod.yaml"
    When "resource.yaml" is applied with
      | spec.minReservedPods | 1 |
    And the pod "alice/psi-0" is handed over to the task resource "alice/psi"
    Then the task resource "alice/psi" matches "reserved.resource.yaml"

  @id:schedule-plugin-plain-pod @req:CP-04
  Scenario: A pod that belongs to no task resource is bound at once
    When "pod.yaml" is applied with
      | metadata.annotations | {} |
    Then the pod "alice/psi-0" is bound

  @id:schedule-plugin-oldest-first @req:CP-05
  Scenario: Of two task resources the one that was created first gets the room
    Given the nodes of alice have room for no pod
    And "resource.yaml" is applied with
      | metadata.name        | older |
      | spec.minReservedPods | 1     |
    When 2 seconds pass
    And "resource.yaml" is applied with
      | metadata.name        | newer |
      | spec.minReservedPods | 1     |
    And "pod.yaml" is applied with
      | metadata.name | newer-0 |
    And "pod.yaml" is applied with
      | metadata.name | older-0 |
    And the pods of "newer" are handed over to the task resource "alice/newer"
    And the pods of "older" are handed over to the task resource "alice/older"
    And 2 seconds pass
    And the nodes of alice have room for 1 pod
    Then the task resource "alice/older" matches "reserved.resource.yaml"
    When somebody sets the task resource "alice/older" to Schedulable
    Then the pods of "older" are bound
    And no pod of "newer" was bound
      | witness | the pods of "older" are bound |
    And the phases of the task resource "alice/newer" were Reserving

  @id:schedule-plugin-partner @req:CP-04
  Scenario: A pod in the namespace of another cluster's domain is not bound
    Given the domain alice is another cluster's
    And the task "witness" of bob
    When "pod.yaml" is applied with
      | metadata.annotations | {} |
    And 1 second passes
    And the task "witness" is created
    And the pods of "witness" are bound
    Then no pod of alice was bound
      | witness | the pods of "witness" are bound |
