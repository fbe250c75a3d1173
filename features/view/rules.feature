@core
Feature: Rules that every status keeps

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:view-rules @req:VW-02a @req:VW-03b @req:VW-03c @req:VW-03d @req:VW-03e @req:VW-03f @req:VW-03g @req:VW-09e @req:VW-11d
  Scenario Outline: On the way to <phase>
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pods of alice finish
    And the status of "psi" matches "one-ended.status.yaml"
    And the pods of bob finish with exit code <code>
    Then the status of "psi" matches "<phase>.status.yaml"
    When the pods of "psi" are over
    Then throughout, of "psi"
      | phase goes forward                        |
      | startTime stays                           |
      | completionTime stays                      |
      | completionTime comes with the final phase |
      | lastReconcileTime never decreases         |
      | entries of pods stay                      |
      | entries of services stay                  |

    Examples:
      | id        | phase     | code |
      | succeeded | succeeded | 0    |
      | failed    | failed    | 1    |
