@core
Feature: Tasks live in cross-domain

  @id:create-elsewhere @req:CR-17
  Scenario: A task in another namespace is left alone
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob
    When "elsewhere.yaml" is applied
    And the task "psi" is created
    And the pods of "psi" finish
    And the pods of "psi" have ended
    Then no pod of "elsewhere" was made
      | witness | the pods of "psi" have ended |
