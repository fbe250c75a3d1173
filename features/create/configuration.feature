@core
Feature: What containers are told

  Background:
    Given the domains alice and bob, each with room for 4 pods
    And the task "psi" of alice and bob
    And the task "psi" has
      | spec.taskInputConfig              | '{"rows": 7}' |
      | spec.parties[0].template.replicas | 2             |

  @id:create-configuration-mounted @req:CR-12a
  Scenario: Configuration is mounted where the template says
    When the task "psi" is created
    And the pods of "psi" run
    Then the pods of "psi" have
      | spec.containers[0].volumeMounts[mountPath=/work/conf/task.json].subPath | task.json |
      | spec.containers[0].volumeMounts[mountPath=/work/name.json].subPath      | name.json |
      | spec.containers[0].volumeMounts[mountPath=/work/conf/again.json].subPath | name.json |
      | spec.containers[1].volumeMounts[mountPath=/work/own/its.json].subPath   | task.json |
      | spec.containers[1].volumeMounts[mountPath=/work/conf/task.json]         | !absent   |

  @id:create-configuration-stays @req:CR-12b
  Scenario: The configuration of a pod stays when another pod of its party goes
    Given the nodes of alice have room for no pod
    And the task "psi" has
      | spec.parties[0].minReservedPods | 1 |
    When the task "psi" is created
    And the pods of "psi" exist
    And 2 seconds pass
    And the pod "alice/psi-0" is deleted by somebody
    And 4 seconds pass
    And the nodes of alice have room for 2 pods
    Then 1 of the pods of alice run

  @id:create-configuration-readable @req:CR-08 @needs:exec
  Scenario: It holds the task's input, its parties and the pod's own ports
    When the task "psi" is created
    And the pods of "psi" are ready
    Then the file "/work/conf/task.json" in the pods of "psi" matches "configuration.yaml"
    And the file "/work/name.json" in the pods of "psi" matches "name.yaml"

  @id:create-configuration-own @req:CR-08 @needs:exec
  Scenario: It says which party, and which of its pods, reads it
    When the task "psi" is created
    And the pods of "psi" are ready
    Then the file "/work/conf/task.json" in the pod "alice/psi-0" matches "alice-0.yaml"
    And the file "/work/conf/task.json" in the pod "alice/psi-1" matches "alice-1.yaml"
    And the file "/work/conf/task.json" in the pod "bob/psi-0" matches "bob-0.yaml"

  @id:create-configuration-of-twins @req:CR-08 @needs:exec
  Scenario: Each of two tasks has its own input
    Given the task "other" of alice and bob
    And the task "other" has
      | spec.taskInputConfig | '{"rows": 8}' |
    When the task "psi" is created
    And the task "other" is created
    And the pods of "psi" are ready
    And the pods of "other" are ready
    Then the file "/work/conf/task.json" in the pods of "psi" matches "configuration.yaml"
    And the file "/work/conf/task.json" in the pods of "other" matches "of-other.yaml"
