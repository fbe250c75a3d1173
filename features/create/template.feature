@core
Feature: The page's task with every field, as printed

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And "app-template.yaml" and "config-template.yaml" are applied

  @exclusive @id:create-template-as-printed @req:CR-01a @req:VW-17
  Scenario: task-template is accepted, runs and succeeds
    When "task-template.yaml" is applied
    And the pods of "task-template" are ready
    And the status of "task-template" matches "ready.status.yaml"
    And the pods of "task-template" finish
    Then the status of "task-template" matches "template.status.yaml"
    And the pods of "task-template" run
    And the phases of "task-template" were Pending, Running, Succeeded

  @id:create-template-overrides @req:CR-06a @req:CR-06b @req:CR-06d @req:CR-12a
  Scenario: What alice's own template says replaces what the AppImage says
    When "task-template.yaml" is applied
    And the pods of "task-template" run
    Then the pods of alice match "alice.pod.yaml"
    And the pods of alice have
      | spec.containers[0].volumeMounts[mountPath=/etc/kuscia/task-config.conf].subPath | task-config.conf |

  @id:create-template-of-role @req:CR-11a @req:CR-11b @req:CR-11c
  Scenario: Bob, who has no template of his own, gets what the AppImage says of guests
    When "task-template.yaml" is applied
    And the pods of "task-template" run
    Then the pods of bob match "bob.pod.yaml"

  @exclusive @id:create-template-with-status @req:CR-01a @req:CR-01b
  Scenario: The status that the page prints with it is not taken over
    When "task-template-with-status.yaml" is applied
    Then the status of "task-template" matches "accepted.status.yaml"
    When the pods of "task-template" run
    Then the phases of "task-template" were Pending, Running
