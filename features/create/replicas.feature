@core
Feature: How many pods a party has, and what each of them has

  Background:
    Given the domains alice and bob, each with room for 4 pods
    And the task "psi" of alice and bob

  @id:create-replicas
  Scenario Outline: <image> replicas of the AppImage and <own> of its own are <pods>
    Given the AppImage has
      | spec.deployTemplates[0].replicas | <image> |
    And the task "psi" has
      | spec.parties[0].template.replicas | <own> |
    When the task "psi" is created
    Then the pods of "psi" are <pods>
    And the pods of "psi" run

    @req:CR-04b
    Examples: Of the AppImage
      | id        | image | own  | pods                                                                       |
      | default   | null  | null | alice/psi-0 and bob/psi-0                                                  |
      | image     | 2     | null | alice/psi-0, alice/psi-1, bob/psi-0 and bob/psi-1                          |

    @req:CR-04a
    Examples: Of its own
      | id        | image | own  | pods                                                                       |
      | own-more  | 1     | 3    | alice/psi-0, alice/psi-1, alice/psi-2 and bob/psi-0                        |
      | own-fewer | 2     | 1    | alice/psi-0, bob/psi-0 and bob/psi-1                                       |

  @id:create-replicas-named @req:CR-16a
  Scenario: Two pods of a party are called after the task, and numbered
    Given the task "psi" has
      | spec.parties[0].template.replicas | 2 |
    When the task "psi" is created
    Then the pods of "psi" are alice/psi-0, alice/psi-1 and bob/psi-0

  @id:create-replicas-served @req:CR-03a @req:CR-07a
  Scenario: Each of two pods has services of its own
    Given the task "psi" has
      | spec.parties[0].template.replicas | 2 |
    When the task "psi" is created
    Then the pods of "psi" run
    And the services of alice are
      | service      | leads to |
      | psi-0-fed    | psi-0    |
      | psi-0-global | psi-0    |
      | psi-1-fed    | psi-1    |
      | psi-1-global | psi-1    |
    And the services of bob are
      | service      | leads to |
      | psi-0-fed    | psi-0    |
      | psi-0-global | psi-0    |

  @id:create-replicas-served-apart @req:CR-07a
  Scenario: The services of a pod stay when other pods of its party have succeeded and go
    Given the task "psi" has
      | spec.parties[0].template.replicas | 3 |
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "alice/psi-0" finishes
    And the status of "psi" matches "first-succeeded.status.yaml"
    And the pod "alice/psi-0" is deleted by somebody
    And 4 seconds pass
    Then each of the pods of "psi" has services of its own for the ports 8080 and 8081
    When the pod "alice/psi-2" finishes
    And the status of "psi" matches "last-succeeded.status.yaml"
    And the pod "alice/psi-2" is deleted by somebody
    And 4 seconds pass
    Then each of the pods of "psi" has services of its own for the ports 8080 and 8081

  @id:create-replicas-shown @req:VW-04a @req:VW-04b @req:VW-09a @req:VW-09b @req:VW-09c @req:VW-11a @req:VW-12
  Scenario: Each of three pods is shown with its services
    Given the task "psi" has
      | spec.parties[0].template.replicas | 3 |
    When the task "psi" is created
    Then the status of "psi" matches "three.status.yaml"
    When the pods of "psi" finish
    Then the status of "psi" matches "three-succeeded.status.yaml"

  @id:create-order-of-parties @req:CR-15
  Scenario: Bob may come first
    Given the task "psi" has
      | spec.parties[0] | {domainID: bob, appImageRef: app-image, template: {replicas: 2}} |
      | spec.parties[1] | {domainID: alice, appImageRef: app-image}                        |
    When the task "psi" is created
    Then the pods of "psi" are alice/psi-0, bob/psi-0 and bob/psi-1
    And the status of "psi" matches "two.status.yaml"

  @id:create-three-parties @req:CR-03a @req:CR-14 @req:VW-04a @req:VW-04b
  Scenario: Three parties are as good as two
    Given the task "trio" of alice and bob
    And the task "trio" has
      | spec.parties[2] | {domainID: alice, role: host, appImageRef: app-image} |
    When the task "trio" is created
    Then the pods of "trio" run
    And the status of "trio" matches "trio.status.yaml"
    When the pods of "trio" finish
    Then the status of "trio" matches "trio-succeeded.status.yaml"
