@core
Feature: What a role selects

  Background:
    Given the domains alice and bob, each with room for 2 pods
    And "roles-image.yaml" is applied

  @id:create-role-selects @req:CR-05a @req:CR-05b
  Scenario Outline: <role> gets the template of that role
    When "task.yaml" is applied with
      | spec.parties[0].role | <role> |
    And the pods of "task" run
    Then the pods of alice have
      | spec.containers[0].args | [-c, "./app --seconds=600 <chosen>"] |
    And the status of "task" matches "<id>.status.yaml"

    Examples:
      | id         | role   | chosen        |
      | server     | server | server        |
      | one-of-two | client | client-helper |
      | upper-case | Guest  | guest         |

  # Provisional: where no template names the role, CR-13 leaves open what becomes of the party.
  @id:create-role-fallback @req:CR-05a
  Scenario Outline: <who> gets the template without role
    When "task.yaml" is applied with
      | spec.parties[0].role | <role> |
    And the pods of "task" run
    Then the pods of alice have
      | spec.containers[0].args | [-c, "./app --seconds=600 anybody"] |

    Examples:
      | id   | role | who                  |
      | none | ""   | A party without role |

    @provisional
    Examples: A role that no template names
      | id         | role    | who                          |
      | unknown    | witness | A role that no template names |
      | other-case | SERVER  | A role in another spelling    |

  @id:create-role-matches-none @req:CR-13
  Scenario Outline: Where no template is of that role or without one, <party> runs with the first or fails the task
    Given "strict-image.yaml" is applied
    When "task.yaml" is applied with
      | spec.parties[0].role                 | "<role>"     |
      | spec.parties[0].appImageRef          | strict-image |
      | spec.scheduleConfig.lifecycleSeconds | 5            |
    Then the status of "task" matches "first-or-named.status.yaml"

    Examples:
      | id      | party              | role    |
      | witness | the role "witness" | witness |

  @id:create-two-app-images @req:CR-11a
  Scenario: Each party runs the image of its own AppImage
    Given "other-image.yaml" is applied
    When "task.yaml" is applied with
      | spec.parties[0].role        | server      |
      | spec.parties[1].domainID    | bob         |
      | spec.parties[1].role        | server      |
      | spec.parties[1].appImageRef | other-image |
    Then the pods of alice have
      | spec.containers[0].image | kuscia-conformance/workload:1 |
    And the pods of bob have
      | spec.containers[0].image | conformance.example:5000/other:2.0 |

  @id:create-role-replicas @req:CR-04b
  Scenario: A party has as many pods as the template of its role says, and not another's
    When "task.yaml" is applied with
      | spec.parties[0].role        | client      |
      | spec.parties[1].domainID    | bob         |
      | spec.parties[1].role        | server      |
      | spec.parties[1].appImageRef | roles-image |
    Then 3 of the pods of "task" run

  @id:create-two-roles @req:CR-16b @req:VW-04a @req:VW-04b
  Scenario: A domain in two roles is two parties
    When "task.yaml" is applied with
      | spec.parties[0].role        | server      |
      | spec.parties[1].domainID    | alice       |
      | spec.parties[1].role        | Guest       |
      | spec.parties[1].appImageRef | roles-image |
    Then the status of "task" matches "two-roles.status.yaml"
    And 2 of the pods of "task" run

  @id:create-role-twice @req:VW-04a @req:VW-04b
  Scenario: The same domain in the same role is one party
    When "task.yaml" is applied with
      | spec.parties[0].role        | server      |
      | spec.parties[1].domainID    | alice       |
      | spec.parties[1].role        | server      |
      | spec.parties[1].appImageRef | roles-image |
    And the pods of "task" run
    Then the status of "task" matches "server-alone.status.yaml"
