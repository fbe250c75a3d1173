@core
Feature: What a manifest has to say

  @id:create-required @req:CR-02
  Scenario Outline: A manifest without <field> is refused
    When "task.yaml" without <field> is applied
    Then it is refused, naming <field>

    Examples:
      | id           | field                        |
      | initiator    | spec.initiator               |
      | parties      | spec.parties                 |
      | input-config | spec.taskInputConfig         |
      | domain       | spec.parties[0].domainID     |
      | app-image    | spec.parties[1].appImageRef  |
