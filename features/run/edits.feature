@core
Feature: A spec that is edited after the task was created

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    And the task "probe" of alice

  @id:run-edit-pending @req:RN-07a @req:RN-07b
  Scenario Outline: <edit>, while it is Pending, does not change what runs
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the status of "psi" matches "pending.status.yaml"
    And 2 seconds pass
    And the task "psi" is changed to have
      | <path> | <value> |
    And the nodes of bob have room for 1 pod
    And the pods of "psi" run
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And the pods of alice have
      | spec.containers[0].args | [-c, "./app --seconds=600"] |
    And each pod of "psi" was created once

    Examples:
      | id       | edit                  | path                                                       | value    |
      | args     | Another command line  | spec.parties[0].template.spec.containers                   | [{name: app, workingDir: /work, args: [-c, "exit 7"]}] |
      | replicas | A second pod          | spec.parties[0].template.replicas                          | 2        |
      | role     | A role                | spec.parties[1].role                                       | guest    |
      | image    | Another AppImage      | spec.parties[1].appImageRef                                | other    |
      | members  | Another threshold     | spec.scheduleConfig.minReservedMembers                     | 1        |

  @id:run-edit-running @req:RN-07a @req:RN-07b
  Scenario Outline: <edit>, while it is Running, does not change what runs
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the task "psi" is changed to have
      | <path> | <value> |
    And the pods of alice finish
    Then the status of "psi" matches "one-ended.status.yaml"
    When the pods of bob finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once

    Examples:
      | id       | edit                | path                                   | value                                        |
      | replicas | A second pod        | spec.parties[0].template.replicas      | 2                                            |
      | parties  | One party less      | spec.parties                           | [{domainID: alice, appImageRef: app-image}]  |
      | members  | Another threshold   | spec.scheduleConfig.minReservedMembers | 1                                            |
      | pods     | More needed pods    | spec.parties[1].minReservedPods        | 2                                            |
      | lifetime | A short lifecycle   | spec.scheduleConfig.lifecycleSeconds   | 1                                            |

  @id:run-edit-finished @req:RN-07a @req:RN-07b
  Scenario: A second pod, once it has finished, is not made
    When the task "psi" is created
    And the pods of "psi" finish
    And the status of "psi" matches "succeeded.status.yaml"
    And the task "psi" is changed to have
      | spec.parties[0].template.replicas | 2 |
    And the task "probe" is created
    And the pods of "probe" finish
    And the pods of "probe" have ended
    Then the status of "psi" matches "succeeded.status.yaml"
    And "psi" never had other pods than alice/psi-0 and bob/psi-0
      | witness | the pods of "probe" have ended |
