@extended:partner-domains
Feature: Parties whose domains belong to other clusters

  Background:
    Given the domain alice with room for 1 pod
    And "carol-is-a-partner.yaml" is applied
    And the task "psi" of alice and carol
    And the task "psi" has
      | spec.scheduleConfig.minReservedMembers | 1 |

  @id:create-partner @req:PD-01
  Scenario: Nothing is made for a partner, and its phase is what others write
    When the task "psi" is created
    Then the status of "psi" matches "running.status.yaml"
    When somebody writes into the status of "psi"
      | partyTaskStatus | [{domainID: alice, phase: Running}, {domainID: carol, phase: Running}] |
    And the pods of alice finish
    Then the status of "psi" matches "succeeded.status.yaml"
