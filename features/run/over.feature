@core
Feature: What is left when a task is over

  Background:
    Given the domains alice and bob, each with room for 1 pod

  @id:run-over-failed @req:RN-04
  Scenario Outline: When bob's pod fails, alice's that <what> is over soon
    Given the task "psi" of alice and bob
    And the task "psi" has
      | spec.parties[0].template.spec.containers | [{name: app, workingDir: /work, <more>}] |
    When the task "psi" is created
    And the pods of "psi" are bound
    And the pods of bob finish with exit code 1
    Then the pods of alice are over
    And the pods of "psi" are over

    Examples:
      | id      | what                         | more                                          |
      | slow    | takes some seconds to end    | args: [-c, "./app --seconds=600 --linger=3"]  |

    # Elsewhere the task may fail because of the configuration first.
    @needs:virtual-clock
    Examples: Where the order is certain
      | id      | what                         | more                                          |
      | waiting | waits for its configuration  | envFrom: [{configMapRef: {name: not-there}}]  |

  @id:run-over-unbound @req:RN-04
  Scenario: When bob's pod fails, alice's that has found no room is over soon
    Given the task "psi" of alice and bob
    And the task "psi" has
      | spec.parties[0].template.replicas | 2 |
      | spec.parties[0].minReservedPods   | 1 |
    When the task "psi" is created
    And 1 of the pods of alice run
    And the pods of bob finish with exit code 1
    Then the pods of alice are over
    And the pods of "psi" are over

  @id:run-over-succeeded-pods @req:RN-08a
  Scenario: When one of three pods has succeeded, and is enough, the others do not go on
    Given the nodes of alice have room for 2 pods
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 3 |
      | spec.parties[0].minReservedPods   | 1 |
    When the task "psi" is created
    And 2 of the pods of alice are ready
    And 1 of the pods of alice finish
    And the pods of "psi" are over
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:run-over-succeeded-parties @req:RN-03a
  Scenario: When one of two parties has succeeded, and is enough, the other does not go on
    Given the task "psi" of alice and bob
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 1 |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of bob finish
    And the pods of "psi" are over
    Then the status of "psi" matches "succeeded.status.yaml"
