@core
Feature: Pods that somebody deletes

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:run-pod-vanished @req:RN-05a @req:RN-05b
  Scenario Outline: A running pod that <how> has failed, and is not made again
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].args | [-c, "./app --seconds=600 <more>"] |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "bob/psi-0" is deleted by somebody<by force>
    Then the status of "psi" matches "bob-failed.status.yaml"
    When 3 seconds pass
    Then each pod of "psi" was created once

    Examples:
      | id    | how                             | more       | by force   |
      | slow  | takes some seconds to end       | --linger=4 |            |
      | force | somebody deletes by force       |            | , by force |

  @id:run-pods-vanished @req:RN-05a @req:RN-05b
  Scenario: Where all pods are deleted the task has failed, and none is made again
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "alice/psi-0" is deleted by somebody, by force
    And the pod "bob/psi-0" is deleted by somebody, by force
    Then the status of "psi" matches "failed.status.yaml"
    When 3 seconds pass
    Then each pod of "psi" was created once

  @id:run-waiting-pod-vanished @needs:virtual-clock @req:RN-05a @req:RN-05b
  Scenario Outline: A pod that is bound, does not run yet, and is deleted<by force>, has failed
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].envFrom | [{configMapRef: {name: not-there}}] |
    When the task "psi" is created
    And the pods of "psi" are bound
    And the pod "bob/psi-0" is deleted by somebody<by force>
    Then the status of "psi" matches "bob-failed.status.yaml"
    When 3 seconds pass
    Then each pod of "psi" was created once

    Examples:
      | id    | by force   |
      | grace |            |
      | force | , by force |

  @id:run-one-vanished-of-three @req:RN-08a
  Scenario: Where two of three pods are enough, one that is deleted does not decide
    Given the nodes of alice have room for 3 pods
    And the task "trio" of alice
    And the task "trio" has
      | spec.parties[0].template.replicas | 3 |
      | spec.parties[0].minReservedPods   | 2 |
    When the task "trio" is created
    And the pods of "trio" are ready
    And the pod "alice/trio-1" is deleted by somebody, by force
    And the status of "trio" matches "one-of-three.status.yaml"
    And the pod "alice/trio-0" finishes
    And the pod "alice/trio-2" finishes
    Then the status of "trio" matches "trio-succeeded.status.yaml"

  @id:run-failed-pod-vanished @req:VW-10a @req:VW-10b
  Scenario Outline: Why a pod has failed is still shown, though it is deleted<by force> afterwards
    Given the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 1 |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of bob finish with exit code 3 and message "boom"
    And the status of "psi" matches "bob-explained.status.yaml"
    And the pod "bob/psi-0" is deleted by somebody<by force>
    And 1 second passes
    And the pods of alice finish
    Then the status of "psi" matches "still-explained.status.yaml"

    Examples:
      | id    | by force   |
      | grace |            |
      | force | , by force |

  @id:run-ended-pod-vanished @req:VW-09c
  Scenario Outline: A pod that has succeeded has succeeded, though it is deleted<by force> afterwards
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of alice finish
    And the status of "psi" matches "alice-ended.status.yaml"
    And the pod "alice/psi-0" is deleted by somebody<by force>
    And 1 second passes
    And the pods of bob finish
    Then the status of "psi" matches "succeeded.status.yaml"

    Examples:
      | id    | by force   |
      | grace |            |
      | force | , by force |
