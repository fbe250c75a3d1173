@core
Feature: Names that are long, alike, or made of other letters

  @id:create-odd-name @req:CR-07a @req:CR-16a
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
      | 150   | of 150 characters           | a-name-of-a-task-that-is-longer-than-most-and-still-no-longer-than-the-name-of-a-pod-may-be-so-that-its-pods-can-be-called-after-it-and-be-numbered-so |
      | 59    | too long for its services   | quite-a-long-name-for-a-task-of-one-party-with-two-services     |
      | long  | longer than any service's   | a-name-of-a-task-so-long-that-nothing-of-its-services-would-fit-behind-it |
      | dots  | with dots                   | v1.2.3-of-psi                                                   |
      | digit | with a digit first          | 2nd-psi                                                         |

  @exclusive @id:create-longest-service @req:CR-07a
  Scenario: A service whose name is as long as a service's may be is called after its pod and port
    Given the domain alice with room for 1 pod
    And the task "a-name-of-a-task-that-leaves-its-services-no-more-room" of alice
    When the task "a-name-of-a-task-that-leaves-its-services-no-more-room" is created
    Then the services of alice are
      | service                                                         | port | leads to                                                 |
      | a-name-of-a-task-that-leaves-its-services-no-more-room-0-fed    | 8080 | a-name-of-a-task-that-leaves-its-services-no-more-room-0 |
      | a-name-of-a-task-that-leaves-its-services-no-more-room-0-global | 8081 | a-name-of-a-task-that-leaves-its-services-no-more-room-0 |

  @id:create-alike-long @req:CR-07a
  Scenario: Tasks whose long names differ in the last letter share no service
    Given the domain alice with room for 2 pods
    And the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-a" of alice
    And the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-b" of alice
    When the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-a" is created
    And the task "two-names-of-tasks-that-are-alike-in-all-but-their-last-letter-b" is created
    And 2 of the pods of alice exist
    Then each of the pods of alice has services of its own for the ports 8080 and 8081

  @id:create-prefixes @req:CR-16a @req:CR-10a @req:CR-10b @req:CR-10c
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

  @id:create-twelve @req:CR-16a @req:CR-07a
  Scenario: Twelve pods are numbered from 0 to 11, and no service leads to two of them
    Given the domain alice with room for 12 pods
    And the task "dozen" of alice
    And the task "dozen" has
      | spec.parties[0].template.replicas | 12 |
    When the task "dozen" is created
    Then the pods of "dozen" are alice/dozen-0, alice/dozen-1, alice/dozen-2, alice/dozen-3, alice/dozen-4, alice/dozen-5, alice/dozen-6, alice/dozen-7, alice/dozen-8, alice/dozen-9, alice/dozen-10 and alice/dozen-11
    And each of the pods of "dozen" has services of its own for the ports 8080 and 8081

  @id:create-roles-apart @req:CR-16b @req:CR-07a
  Scenario Outline: Two roles of a domain that differ <how> have pods of their own
    Given the domain alice with room for 3 pods
    And the task "psi" of alice
    And the task "psi" has
      | spec.parties[0].role              | <one>                                                        |
      | spec.parties[0].template.replicas | 2                                                            |
      | spec.parties[1]                   | {domainID: alice, appImageRef: app-image, role: <another>} |
    When the task "psi" is created
    Then 3 of the pods of "psi" exist
    And each of the pods of "psi" has services of its own for the ports 8080 and 8081

    Examples:
      | id   | how                        | one  | another |
      | case | in case                    | Host | host    |
      | sign | in a sign                  | a_b  | a-b     |
      | han  | in a sign of another script | 甲方 | 乙方    |
      | none | only in that one is given  | ""   | "0"     |
      | end  | at the end of a long word  | a-role-that-is-longer-than-a-label-may-be-and-differs-only-at-its-very-end-1 | a-role-that-is-longer-than-a-label-may-be-and-differs-only-at-its-very-end-2 |
