@core
Feature: A pod that fails

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    When the task "psi" is created
    And the pods of "psi" are ready

  @id:run-pod-fails @req:RN-01d @req:RN-02b @req:VW-05 @req:VW-06 @req:VW-10a @req:VW-10b
  Scenario: Its exit code and its message reach the task
    When the pods of bob finish with exit code 3 and message "boom"
    Then the phases of "psi" were Pending, Running, Failed
    And the status of "psi" matches "failed.status.yaml"

  @id:run-pod-fails-silently @req:VW-10a @req:VW-10b
  Scenario: Without a message the end of its output reaches the task
    When the pods of bob finish with exit code 3
    Then the status of "psi" matches "silent.status.yaml"

  @id:run-failed-task-ends @req:RN-04
  Scenario: The other party's pod does not go on
    When the pods of bob finish with exit code 3
    Then the pods of alice are over

  @id:run-failed-says-more @req:VW-14 @req:VW-15 @req:VW-19
  Scenario: Reason, condition and entries of a failed task
    When the pods of bob finish with exit code 3 and message "boom"
    Then the status of "psi" matches "failed-in-full.status.yaml"
