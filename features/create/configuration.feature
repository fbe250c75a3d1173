@core
Feature: What containers are told

  Background:
    Given the domains alice and bob, each with room for 2 pods
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

  @id:create-configuration-readable @req:CR-08 @needs:exec
  Scenario: It holds the task's input, its parties and the pod's own ports
    When the task "psi" is created
    And the pods of "psi" are ready
    Then the file "/work/conf/task.json" in the pods of "psi" matches "configuration.yaml"
