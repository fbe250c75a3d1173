@core
Feature: Names that are long, alike, or made of other letters

  @id:create-odd-name @req:CR-07 @req:CR-16
  Scenario Outline: Both pods of a task whose name is <what> are numbered, and have services of their own
    Given the domain alice with room for 2 pods
    And the task "<task>" of alice
    And the task "<task>" has
      | spec.parties[0].template.replicas | 2 |
    When the task "<task>" is created
    Then the pods of "<task>" are alice/<task>-0 and alice/<task>-1
    And each of the pods of "<task>" has services of its own for the ports 8080 and 8081

    Examples:
      | id    | what                        | task                                                            |
      | 59    | too long for its services   | quite-a-long-name-for-a-task-of-one-party-with-two-services     |
      | long  | longer than any service's   | a-name-of-a-task-so-long-that-nothing-of-its-services-would-fit-behind-it |
      | dots  | with dots                   | v1.2.3-of-psi                                                   |
      | digit | with a digit first          | 2nd-psi                                                         |

  @id:create-alike-long @req:CR-07
  Scenario: Tasks whose long names differ in the last letter share no service
    Given the domain alice with room for 2 pods
    And the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-a" of alice
    And the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-b" of alice
    When the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-a" is created
    And the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-b" is created
    And 2 of the pods of alice exist
    Then each of the pods of alice has services of its own for the ports 8080 and 8081

  @id:create-prefixes @req:CR-16 @req:CR-10
  Scenario: A task may be called as another's pod
    Given the domain alice with room for 4 pods
    And the task "psi" of alice
    And the task "psi-0" of alice
    And the task "psi" has
      | spec.parties[0].template.replicas | 2 |
    When the task "psi" is created
    And the task "psi-0" is created
    Then the pods of "psi" are alice/psi-0 and alice/psi-1
    And the pods of "psi-0" are alice/psi-0-0
    Then each of the pods of alice has services of its own for the ports 8080 and 8081
    When the pods of "psi-0" are ready
    And the pods of "psi" finish
    Then the status of "psi" matches "psi-succeeded.status.yaml"
    And the status of "psi-0" matches "psi-0-runs.status.yaml"

  @id:create-roles-apart @req:CR-16 @req:CR-07 @req:VW-04
  Scenario: Roles of one domain that differ in case, in a sign, or at the end of a long word have pods of their own
    Given the domain alice with room for 9 pods
    And "app-image.yaml" is applied
    When "roles.yaml" is applied
    Then 9 of the pods of "task" run
    And each of the pods of "task" has services of its own for the ports 8080 and 8081
    And the status of "task" matches "roles.status.yaml"
