@extended:task-resource-groups
Feature: Each role of a domain is a party of the group, with a task resource of its own

  Made by hand, of pods that no scheduler looks at.

  # Were both roles one party, the group would have fewer than it needs, and fail.
  @id:schedule-group-roles @req:TG-01
  Scenario: Two roles of one domain, both needed
    Given the domain alice, with room for 2 pods
    And "unscheduled-pod.yaml" is applied
    And "unscheduled-pod.yaml" is applied with
      | metadata.name | psi-1 |
    When "group.yaml" is applied
    Then the group "psi" matches "created.group.yaml"
    And the pods of "psi" match "handed-over.pod.yaml"
    When 2 seconds pass
    Then the group "psi" matches "created.group.yaml"
