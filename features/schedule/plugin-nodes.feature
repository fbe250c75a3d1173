@extended:coscheduler-plugin
Feature: A pod that belongs to no task resource goes only to nodes that it may go to

  @id:schedule-plugin-tolerates @req:CP-04
  Scenario: On a node with a taint only the pod is bound that tolerates it
    Given the domain alice, with room for 2 pods
    And the nodes of alice have the taint conformance.kuscia.secretflow/x:NoSchedule
    When "pod.yaml" is applied
    And "pod.yaml" is applied with
      | metadata.name        | tolerant-0                                                                             |
      | spec.tolerations     | [{key: conformance.kuscia.secretflow/x, operator: Exists, effect: NoSchedule}] |
    Then the pod "alice/tolerant-0" is bound
    And no pod of alice/psi-0 was bound
      | witness | the pod "alice/tolerant-0" is bound |
    When the nodes of alice lose the taint conformance.kuscia.secretflow/x:NoSchedule
    Then the pod "alice/psi-0" is bound
