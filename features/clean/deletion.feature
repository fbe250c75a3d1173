@core
Feature: Deleting a task

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And everything in alice and bob is noted
    And the task "psi" of alice and bob

  @id:clean-while-pending @req:CL-01 @req:CL-02a
  Scenario: While it is Pending, and alice holds room
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the status of "psi" matches "pending.status.yaml"
    And 1 second passes
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-while-made @req:CL-01 @req:CL-02a
  Scenario: As soon as the first pod is there
    When the task "psi" is created
    And the pod "alice/psi-0" exists
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-at-once @req:CL-01 @req:CL-02a
  Scenario: At once after it was created
    Given the task "probe" of alice and bob
    When the task "psi" is created
    And the task "psi" is deleted
    And the task "probe" is created
    And the pods of "probe" finish
    And the pods of "probe" have ended
    And the task "probe" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-between-rounds @req:CL-01 @req:CL-02a
  Scenario: In the pause after a round that has failed
    Given the nodes of bob have room for no pod
    And the task "psi" has
      | spec.scheduleConfig | {resourceReservedSeconds: 2, retryIntervalSeconds: 30, lifecycleSeconds: 90} |
    When the task "psi" is created
    And the pods of "psi" exist
    And 6 seconds pass
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-without-app-image @req:CL-01 @req:CL-02a
  Scenario: While it waits for its AppImage, which comes when the task is gone
    Given the task "probe" of alice and bob
    And the AppImage is missing
    When the task "psi" is created
    And the status of "psi" matches "pending.status.yaml"
    And the task "psi" is deleted
    And the AppImage is created
    And the task "probe" is created
    And the pods of "probe" finish
    And the pods of "probe" have ended
    And the task "probe" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-while-containers-wait @req:CL-01 @req:CL-02a
  Scenario: While its containers wait for a config map that is not there
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].envFrom | [{configMapRef: {name: not-there}}] |
    When the task "psi" is created
    And the pods of "psi" are bound
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-while-running @req:CL-01 @req:CL-02a
  Scenario Outline: While <what>
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].args | [-c, "./app --seconds=600 <more>"] |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

    Examples:
      | id     | what                                       | more       |
      | prompt | its pods run                               |            |
      | slow   | its pods run, and go on for a while longer | --linger=3 |

  @id:clean-one-ended @req:CL-01 @req:CL-02a
  Scenario: While one of its pods has ended, and the other runs
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of alice finish
    And the status of "psi" matches "one-ended.status.yaml"
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-after-succeeded @req:CL-01 @req:CL-02a
  Scenario: After it has succeeded
    When the task "psi" is created
    And the pods of "psi" finish
    And the status of "psi" matches "succeeded.status.yaml"
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-after-failed @req:CL-01 @req:CL-02a
  Scenario: After it has failed
    When the task "psi" is created
    And the pods of bob finish with exit code 1
    And the status of "psi" matches "failed.status.yaml"
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-after-lifecycle @req:CL-01 @req:CL-02a
  Scenario: After its lifecycle was over
    Given the nodes of bob have room for no pod
    And the task "psi" has
      | spec.scheduleConfig.lifecycleSeconds | 3 |
    When the task "psi" is created
    And the status of "psi" matches "failed.status.yaml"
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-of-many @req:CL-01 @req:CL-02a
  Scenario: With several pods, in a role, of which the last ones have no room
    Given the task "psi" has
      | spec.parties[0].role              | guest |
      | spec.parties[0].template.replicas | 3     |
      | spec.parties[0].minReservedPods   | 1     |
    When the task "psi" is created
    And 1 of the pods of alice run
    And the pods of bob are ready
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else
