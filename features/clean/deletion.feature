@core
Feature: Deleting a task

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And everything in alice and bob is noted
    And the task "psi" of alice and bob

  @id:clean-while-pending @req:CL-01 @req:CL-02a
  Scenario: While it is Pending
    Given the nodes of bob have room for no pod
    When the task "psi" is created
    And the pods of "psi" exist
    And the status of "psi" matches "pending.status.yaml"
    And the task "psi" is deleted
    Then getting the task "psi" says: Error from server (NotFound): kusciatasks.kuscia.secretflow "psi" not found
    And alice and bob hold what was noted, nothing else

  @id:clean-while-running @req:CL-01 @req:CL-02a
  Scenario: While it is Running
    When the task "psi" is created
    And the pods of "psi" are ready
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
