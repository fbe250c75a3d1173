@core
Feature: How a task ends whose parties end one after the other

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:view-rules @req:VW-03a @req:VW-09c
  Scenario Outline: On the way to <phase>
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of alice finish
    Then the status of "psi" matches "one-ended.status.yaml"
    When the pods of bob finish with exit code <code>
    And the status of "psi" matches "<phase>.status.yaml"
    And the pods of "psi" are over

    Examples:
      | id        | phase     | code |
      | succeeded | succeeded | 0    |
      | failed    | failed    | 1    |
