@core
Feature: Two tasks of the same parties, side by side

  Background:
    Given the domains alice and bob, each with room for 2 pods
    And the task "one" of alice and bob
    And the task "two" of alice and bob
    When the task "one" is created
    And the task "two" is created

  @id:create-twins @req:CR-10a @req:CR-10b @req:CR-10c
  Scenario: They share no pod and no service
    When the pods of "one" are ready
    And the pods of "two" are ready
    Then the services of alice are
      | service      | leads to |
      | one-0-fed    | one-0    |
      | one-0-global | one-0    |
      | two-0-fed    | two-0    |
      | two-0-global | two-0    |
    When the pods of "one" finish
    And the pods of "two" finish
    Then the status of "one" matches "one.status.yaml"
    And the status of "two" matches "two.status.yaml"

  @id:create-twins-apart @req:CR-10a @req:CR-10b @req:CR-10c
  Scenario: When one fails the other goes on
    When the pods of "one" are ready
    And the pods of "two" are ready
    And the pod "bob/one-0" finishes with exit code 1
    And the status of "one" matches "one-failed.status.yaml"
    And the pods of "two" finish
    Then the status of "two" matches "two.status.yaml"
    And each pod of "two" was created once
