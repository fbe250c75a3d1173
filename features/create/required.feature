@core
Feature: What a manifest has to say

  @id:create-required
  Scenario Outline: A manifest without <field> is refused
    When "task.yaml" without <field> is applied
    Then it is refused, naming <field>

    @req:CR-02a
    Examples: Of the task
      | id           | field                        |
      | initiator    | spec.initiator               |
      | parties      | spec.parties                 |
      | input-config | spec.taskInputConfig         |

    @req:CR-02b
    Examples: Of a party
      | id           | field                        |
      | domain       | spec.parties[0].domainID     |
      | app-image    | spec.parties[1].appImageRef  |
