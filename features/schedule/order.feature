@core
Feature: Whoever waits longer goes first

  @id:schedule-older-first @req:SC-15
  Scenario Outline: Of two tasks that wait, <old> is older and goes before <new>
    Given the domain alice with room for 1 pod
    And the nodes of alice have room for no pod
    And the task "<old>" of alice
    And the task "<new>" of alice
    When the task "<old>" is created
    And 2 seconds pass
    And the task "<new>" is created
    And 1 second passes
    And the nodes of alice have room for 1 pod
    Then the pods of "<old>" are bound
    When the pods of "<old>" finish
    Then the pods of "<new>" are bound
    And the pods of "<old>" were bound before the pods of "<new>" were bound

    Examples:
      | id         | old  | new  |
      | by-name    | chi  | psi  |
      | by-age     | psi  | chi  |

  @id:schedule-older-first-of-sizes @req:SC-15
  Scenario Outline: Of two tasks that wait, the older goes first, be it the <size>
    Given the domain alice with room for 2 pods
    And the nodes of alice have room for no pod
    And the task "old" of alice
    And the task "old" has
      | spec.parties[0].template.replicas | <old> |
    And the task "new" of alice, which retries after 2 s and lives for 100 s
    And the task "new" has
      | spec.parties[0].template.replicas | <new> |
    When the task "old" is created
    And 2 seconds pass
    And the task "new" is created
    And 1 second passes
    And the nodes of alice have room for 2 pods
    Then the pods of "old" are bound
    When the pods of "old" finish
    Then the pods of "new" are bound
    And the pods of "old" were bound before the pods of "new" were bound

    Examples:
      | id      | size    | old | new |
      | smaller | smaller | 1   | 2   |
      | larger  | larger  | 2   | 1   |

  @id:schedule-older-gets-what-ends @req:SC-15
  Scenario: What a task has used goes to the older of two, which needs another party as well
    Given the domains alice and bob, each with room for 1 pod
    And the task "user" of alice
    And the task "old" of alice and bob, which holds for 20 s, retries after 20 s and lives for 60 s
    And the task "new" of alice
    When the task "user" is created
    And the pods of "user" are ready
    And the task "old" is created
    And 2 seconds pass
    And the task "new" is created
    And 1 second passes
    And the pods of "user" finish
    Then the pods of "old" are bound
    When the pods of "old" finish
    Then the pods of "new" are bound
    And the pods of "old" were bound before the pods of "new" were bound
