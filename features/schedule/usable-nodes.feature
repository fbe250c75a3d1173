@core
Feature: A pod is bound only to a node that is usable, and soon after one is

  The probe of alice, whose node is usable, shows that the controller was at work while bob's pod
  waited.

  Background:
    Given the domains alice, bob and carol, each with room for 1 pod
    And the task "psi" of bob
    And the task "probe" of alice

  @id:schedule-node-unusable @req:CR-14 @req:SC-01a @req:SC-01b
  Scenario Outline: Bob's only node <is>: nothing is bound there, until it <later>
    Given the nodes of bob have the taint conformance.kuscia.secretflow/a:PreferNoSchedule
    And the nodes of bob <closed>
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of bob <opened>
    Then the pods of "psi" are bound
    And the status of "psi" matches "runs.status.yaml"

    Examples:
      | id          | closed                                                    | opened                                                    | is                    | later             |
      | no-schedule | have the taint conformance.kuscia.secretflow/x:NoSchedule | lose the taint conformance.kuscia.secretflow/x:NoSchedule | repels new pods       | does no longer    |
      | no-execute  | have the taint conformance.kuscia.secretflow/x:NoExecute  | lose the taint conformance.kuscia.secretflow/x:NoExecute  | repels all pods       | does no longer    |
      | unlabelled  | serve no domain                                           | serve bob                                                 | serves no domain      | is his again      |
      | closed      | are cordoned                                              | are uncordoned                                            | is cordoned           | is not            |

    @needs:simulated-nodes
    Examples: A real kubelet would say otherwise
      | id          | closed                           | opened                        | is                    | later         |
      | not-ready   | have the condition Ready False   | have the condition Ready True | is not ready          | is ready      |
      | silent      | have the condition Ready Unknown | have the condition Ready True | has not been heard of | is heard of   |

  @id:schedule-node-unloved @req:CR-14 @req:SC-01b
  Scenario: A node that pods should rather avoid is used where there is no other
    Given the nodes of bob have the taint conformance.kuscia.secretflow/x:PreferNoSchedule
    When the task "psi" is created
    Then the pods of "psi" are bound
    And the status of "psi" matches "runs.status.yaml"

  @id:schedule-node-affinity @req:CR-14 @req:SC-01a @req:SC-01b
  Scenario Outline: Bob's only node is not what the AppImage requires of nodes: <operator>
    Given the AppImage has
      | spec.deployTemplates[0].spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0] | {key: disk, operator: <operator>, values: <values>} |
    And the nodes of bob have the label disk=<unfit>
    And the nodes of alice have the label disk=<fit>
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of bob have the label disk=<fit>
    Then the pods of "psi" are bound
    And the status of "psi" matches "runs.status.yaml"

    Examples:
      | id     | operator     | values     | unfit | fit  |
      | in     | In           | [ssd, ram] | tape  | ram  |
      | not-in | NotIn        | [tape]     | tape  | ram  |
      | gt     | Gt           | ["5"]      | 5     | 6    |
      | lt     | Lt           | ["5"]      | 5     | 4    |

  @id:schedule-node-unusable-held @req:SC-01a @req:SC-01b @req:CR-14
  Scenario Outline: Bob's node <id> while he holds room there: nobody starts until <later>
    Given the nodes of carol have room for no pod
    And the task "pair" of bob and carol, which retries after 2 s and lives for 60 s
    When the task "pair" is created
    And 2 seconds pass
    And the nodes of bob <closed>
    And 1 second passes
    And the nodes of carol have room for 1 pod
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "pair" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of bob <opened>
    Then the pods of "pair" are bound
    And the status of "pair" matches "pair-runs.status.yaml"

    Examples:
      | id                  | closed          | opened    | later            |
      | serves-alice        | serve alice     | serve bob | it is bob's      |
      | serves-no-domain    | serve no domain | serve bob | it is bob's      |

    @needs:simulated-nodes
    Examples: A real kubelet would say otherwise
      | id                  | closed                           | opened                        | later       |
      | becomes-not-ready   | have the condition Ready False   | have the condition Ready True | it is ready |
      | is-no-longer-heard  | have the condition Ready Unknown | have the condition Ready True | it is ready |
