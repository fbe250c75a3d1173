@core
Feature: What cannot be made

  Background:
    Given the domains alice and bob, each with room for 1 pod

  @id:create-app-image-missing @req:CR-09a @req:CR-09b
  Scenario: Without its AppImage a task fails, and names it
    Given the task "psi" of alice and bob, which lives for 3 s
    And the AppImage is missing
    When the task "psi" is created
    Then the status of "psi" matches "app-image.status.yaml"

  @id:create-app-image-late @req:CR-09a @req:CR-09b
  Scenario: An AppImage that comes later is used, or the task has failed and names it
    Given the task "psi" of alice and bob, which lives for 10 s
    And the AppImage is missing
    When the task "psi" is created
    And the status of "psi" matches "handled.status.yaml"
    And the AppImage is created
    Then the status of "psi" matches "late.status.yaml"

  @id:create-impossible @req:VW-06
  Scenario Outline: <what> either runs or fails, and then it says why
    Given "app-image.yaml" is applied
    When "task.yaml" is applied with
      | <path> | <value> |
    Then the status of "task" matches "<id>.status.yaml"

    Examples:
      | id        | what                             | path                     | value                                               |
      | domain    | A party whose domain is nowhere  | spec.parties[1].domainID | nowhere                                             |
      | initiator | An initiator that is nowhere     | spec.initiator           | nowhere                                             |
      | parties   | A task without parties           | spec.parties             | []                                                  |
