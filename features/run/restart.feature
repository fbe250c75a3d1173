@core @needs:faults
Feature: The controller is killed, and started again

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:run-restart-pending @req:RN-06a @req:RN-06b
  Scenario: While the task is Pending
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the status of "psi" matches "pending.status.yaml"
    And the controller is killed
    And the nodes of bob have room for 1 pod
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once
    And the phases of "psi" were Pending, Running, Succeeded

  @id:run-restart-half-created @req:RN-06a @req:RN-06b
  Scenario: As soon as the first pod is there
    When the task "psi" is created
    And the pod "alice/psi-0" exists
    And the controller is killed
    And 2 seconds pass
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once

  @id:run-restart-running @req:RN-06a @req:RN-06b
  Scenario: While the task is Running
    When the task "psi" is created
    And the pods of "psi" are ready
    And the controller is killed
    And the controller is started
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once
    And the phases of "psi" were Pending, Running, Succeeded

  @id:run-restart-ended @req:RN-06a @req:RN-06b
  Scenario Outline: Its pods end with exit code <code> while nobody is there to see it
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the controller is killed
    And the pods of bob finish with exit code <code>
    And the pods of alice finish
    And the pods of "psi" have ended
    And the controller is started
    Then the status of "psi" matches "<phase>.status.yaml"
    And the pods of "psi" are over
    And each pod of "psi" was created once

    Examples:
      | id        | code | phase     |
      | succeeded | 0    | succeeded |
      | failed    | 1    | failed    |

  @id:run-restart-never-seen @req:RN-06a @req:RN-06b
  Scenario Outline: Its pods run and end with exit code <code> while it is down
    When the task "psi" is created
    And the pods of "psi" are bound
    And the controller is killed
    And the pods of bob finish with exit code <code>
    And the pods of alice finish
    And the pods of "psi" have ended
    And the controller is started
    Then the status of "psi" matches "<phase>.status.yaml"
    And each pod of "psi" was created once

    Examples:
      | id        | code | phase     |
      | succeeded | 0    | succeeded |
      | failed    | 1    | failed    |

  @id:run-restart-created-meanwhile @req:RN-06a @req:RN-06b
  Scenario: A task that was created while it was down runs
    When the controller is killed
    And the task "psi" is created
    And 4 seconds pass
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:run-restart-in-pause @req:RN-06a @req:RN-06b
  Scenario: In the pause after a round that has failed
    Given the nodes of bob have room for no pod
    And the task "psi" has
      | spec.scheduleConfig | {resourceReservedSeconds: 2, retryIntervalSeconds: 3, lifecycleSeconds: 90} |
    When the task "psi" is created
    And the pods of "psi" exist
    And 3 seconds pass
    And the controller is killed
    And the nodes of bob have room for 1 pod
    And the controller is started
    Then the pods of "psi" run
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"
    And each pod of "psi" was created once

  @id:run-restart-one-ended @req:RN-06a @req:RN-06b
  Scenario Outline: One pod has ended when it is killed, the other <ends> while it is down
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of alice finish
    And the status of "psi" matches "alice-ended.status.yaml"
    And the controller is killed
    And the pods of bob finish with exit code <code>
    And the pods of bob have ended
    And the controller is started
    Then the status of "psi" matches "<phase>.status.yaml"
    And each pod of "psi" was created once

    Examples:
      | id        | ends     | code | phase     |
      | succeeded | succeeds | 0    | succeeded |
      | failed    | fails    | 1    | failed    |

  @id:run-restart-while-cleaning @req:RN-04 @req:RN-06a
  Scenario Outline: It is killed as soon as the task has failed, <when>
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].args | [-c, "./app --seconds=600 <more>"] |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of bob finish with exit code 1
    And the status of "psi" matches "failed.status.yaml"
    And the controller is killed
    And 2 seconds pass
    And the controller is started
    Then the pods of "psi" are over
    And each pod of "psi" was created once

    Examples:
      | id     | when                             | more       |
      | prompt | and its other pod runs           |            |
      | slow   | and its other pod goes on ending | --linger=3 |

  @id:run-restart-lifecycle-over @req:RN-06b
  Scenario: The lifecycle of a task that waits is over while it is down
    Given the nodes of bob have room for no pod
    And the task "psi" has
      | spec.scheduleConfig.lifecycleSeconds | 4 |
    When the task "psi" is created
    And the pods of "psi" exist
    And the controller is killed
    And 5 seconds pass
    And the controller is started
    Then the phases of "psi" were Pending, Failed

  @id:run-restart-app-image-comes @req:RN-06b
  Scenario: The AppImage that a task waits for comes while it is down
    Given the AppImage is missing
    When the task "psi" is created
    And the status of "psi" matches "pending.status.yaml"
    And the controller is killed
    And the AppImage is created
    And the controller is started
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:run-restart-pod-vanished @req:RN-05a @req:RN-05b
  Scenario Outline: A pod that somebody deletes<by force> while it is down has failed, and is not made again
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].args | [-c, "./app --seconds=600 <more>"] |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the controller is killed
    And the pod "bob/psi-0" is deleted by somebody<by force>
    And the controller is started
    Then the status of "psi" matches "bob-vanished.status.yaml"
    When 3 seconds pass
    Then each pod of "psi" was created once

    Examples:
      | id    | by force   | more       |
      | grace |            |            |
      | slow  |            | --linger=3 |
      | force | , by force |            |

  @id:run-restart-service-deleted @req:VW-11a
  Scenario: The entry of a service that somebody deletes while it is down stays
    When the task "psi" is created
    And the pods of "psi" are ready
    And the status of "psi" matches "running.status.yaml"
    And the controller is killed
    And the service "bob/psi-0-fed" is deleted by somebody
    And the controller is started
    And the pods of "psi" finish
    Then the status of "psi" matches "services-stay.status.yaml"
