@core @exclusive
Feature: Objects that somebody else made, some with the names of a task's

  Background:
    Given the domains alice and bob, each with room for 2 pods

  @id:clean-strange-pod @req:CL-02c
  Scenario: A pod that has the name of a task's is not taken for the task's
    Given the task "psi" of alice and bob, which lives for 6 s
    And the plain pod "psi-0" takes room for 1 pod of each node of alice
    When the task "psi" is created
    Then the status of "psi" matches "pod-not-its-own.status.yaml"

  @id:clean-strange-pod-stays @req:CL-02c
  Scenario Outline: A pod that has the name of <whose> stays when the task is deleted
    Given the task "psi" of alice and bob, which lives for 6 s
    And the plain pod "<pod>" takes room for 1 pod of each node of alice
    And everything in alice and bob is noted
    When the task "psi" is created
    And the status of "psi" matches "<shown>.status.yaml"
    And the task "psi" is deleted
    Then alice and bob hold what was noted, nothing else

    Examples:
      | id      | pod     | shown  | whose                               |
      | same    | psi-0   | failed | a task's                            |
      | next    | psi-1   | runs   | a pod that the task might have next |
      | further | psi-0-1 | runs   | a task's, with something behind it  |

  @id:clean-strange-pod-uncounted @req:CL-02c
  Scenario: A pod that has the name that the task's next would have is none of the task's
    Given the task "psi" of alice and bob
    And the plain pod "psi-1" takes room for 1 pod of each node of alice
    When the task "psi" is created
    And the pods of bob are ready
    And the pod "alice/psi-0" finishes
    And the pods of bob finish
    Then the status of "psi" matches "two-pods.status.yaml"

  @id:clean-strange-service @req:CL-02c
  Scenario: A service that has the name of a task's is not taken for the task's
    Given the task "psi" of alice and bob, which lives for 6 s
    And "services.yaml" is applied
    When the task "psi" is created
    Then the status of "psi" matches "service-not-its-own.status.yaml"

  @id:clean-strange-objects-stay @req:CL-02c
  Scenario: Services and config maps that somebody else made stay when the task is deleted
    Given the task "psi" of alice and bob, which lives for 6 s
    And "services.yaml" is applied
    And everything in alice and bob is noted
    When the task "psi" is created
    And the status of "psi" matches "failed-or-runs.status.yaml"
    And the task "psi" is deleted
    Then alice and bob hold what was noted, nothing else

  @id:clean-used-objects-stay @req:CL-02c
  Scenario: A config map that the task's containers use stays when the task is deleted
    Given the task "psi" of alice
    And "services.yaml" is applied
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].envFrom        | [{configMapRef: {name: theirs}}] |
      | spec.deployTemplates[0].spec.containers[0].ports[0].name  | other                            |
    And everything in alice is noted
    When the task "psi" is created
    And the pods of "psi" are ready
    And the task "psi" is deleted
    Then alice holds what was noted, nothing else

  @id:clean-names-begin-alike @req:CL-02b
  Scenario Outline: The task "<other>" goes on when the task "psi" is deleted
    Given the task "psi" of alice and bob
    And the task "<other>" of alice and bob
    When the task "<other>" is created
    And the pods of "<other>" are ready
    And the task "psi" is created
    And the pod "alice/psi-0" is ready
    And the pod "bob/psi-0" is ready
    And the task "psi" is deleted
    And <seconds> seconds pass
    Then the services of alice are
      | service          | leads to  |
      | <other>-0-fed    | <other>-0 |
      | <other>-0-global | <other>-0 |
    When the pods of "<other>" finish
    Then the status of "<other>" matches "<id>.status.yaml"

    Examples:
      | id    | other | seconds |
      | dash  | psi-0 | 2       |
      | digit | psi2  | 2       |
