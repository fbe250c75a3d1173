@core
Feature: A pod goes only where there is enough of everything that it asks for

  The probe of alice, who has enough, shows that the controller was at work while bob's pod waited.

  Background:
    Given the domains alice and bob
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].resources | {requests: {cpu: 100m, memory: 64Mi, ephemeral-storage: 64Mi}} |
    And the task "psi" of bob
    And the task "probe" of alice

  # The others have several containers, init containers, sidecars, an overhead, requests of the pod
  # itself, and limits without requests; one has ended.
  @id:schedule-room-beside-others @req:SC-11 @req:SC-13
  Scenario Outline: The <resource> counts that the pods of others take, whatever they are made of
    Given "heavy.yaml" is applied
    And the pods of "others.yaml" run on the first node of bob
    When the pod "bob/ended" finishes
    And the pod "bob/ended" is over
    And the plain pod "filler" takes all but <enough> of the <resource> of each node of bob
    And the plain pod "rest" takes all but <less> of the <resource> of each node of bob
    And the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no node ever had more than its room
    And no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the pod "bob/rest" finishes
    Then the pods of "psi" are bound
    And no node ever had more than its room
    And the phases of "psi" were Pending, Running

    Examples:
      | id                | resource          | enough | less |
      | cpu               | cpu               | 100m   | 99m  |
      | memory            | memory            | 64Mi   | 63Mi |
      | ephemeral-storage | ephemeral-storage | 64Mi   | 63Mi |

  @id:schedule-room-for-containers @req:SC-01a @req:SC-01b @req:SC-13
  Scenario Outline: The <resource> is needed that all containers of a pod ask for, the limit where they say no more
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[1] | {name: second, command: [sh, "-c", "./app --seconds=600"], workingDir: /work, resources: {requests: {cpu: 50m, memory: 32Mi, ephemeral-storage: 32Mi}}} |
      | spec.deployTemplates[0].spec.containers[2] | {name: third, command: [sh, "-c", "./app --seconds=600"], workingDir: /work, resources: {limits: {cpu: 50m, memory: 32Mi, ephemeral-storage: 32Mi}}}    |
    And the plain pod "filler" takes all but <enough> of the <resource> of each node of bob
    And the plain pod "rest" takes all but <less> of the <resource> of each node of bob
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no node ever had more than its room
    And no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the pod "bob/rest" finishes
    Then the pods of "psi" are bound
    And no node ever had more than its room

    Examples:
      | id                | resource          | enough | less  |
      | cpu               | cpu               | 200m   | 199m  |
      | memory            | memory            | 128Mi  | 127Mi |

  @id:schedule-room-allocatable @req:SC-01a @req:SC-01b @req:SC-13 @needs:simulated-nodes
  Scenario Outline: Of the <id> a node gives what is allocatable, though its capacity is more
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].resources.requests[example.com/device] | 2 |
      | spec.deployTemplates[0].spec.containers[0].resources.limits[example.com/device]   | 2 |
    And the nodes of alice have 2 of example.com/device
    And the nodes of bob have 2 of example.com/device
    And the plain pod "other" takes room for 1 pod of each node of bob
    And the nodes of bob have <less> of <resource>
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no node ever had more than its room
    And no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of bob have <enough> of <resource>
    Then the pods of "psi" are bound
    And no node ever had more than its room

    Examples:
      | id                  | resource           | less | enough |
      | cpu                 | cpu                | 99m  | 100m   |
      | memory              | memory             | 63Mi | 64Mi   |
      | ephemeral-storage   | ephemeral-storage  | 63Mi | 64Mi   |
      | places-for-pods     | pods               | 1    | 2      |
      | extended-resource   | example.com/device | 1    | 2      |

  @id:schedule-room-held @req:SC-06a @req:SC-06b @req:SC-13 @needs:simulated-nodes
  Scenario Outline: While the task holds <id>, no other gets them
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].resources.requests[example.com/device] | 2 |
      | spec.deployTemplates[0].spec.containers[0].resources.limits[example.com/device]   | 2 |
    And the nodes of alice have 4 of example.com/device
    And the nodes of bob have 1 of example.com/device
    And the nodes of alice have <one> of <resource>
    And the task "both" of alice and bob
    When the task "both" is created
    And 3 seconds pass
    And the task "probe" is created
    And 2 seconds pass
    Then no pod of "probe" was bound
      | witness | the pods of "both" exist |
    When the nodes of bob have 2 of example.com/device
    Then the pods of "both" are bound
    And no pod of "probe" was bound before the pods of "both" were bound
    And no node ever had more than its room

    Examples:
      | id                | resource           | one   |
      | memory            | memory             | 64Mi  |
      | ephemeral-storage | ephemeral-storage  | 64Mi  |
      | places-for-pods   | pods               | 1     |
      | extended-resource | example.com/device | 2     |

  @id:schedule-room-shrinks @req:SC-01a @req:SC-01b @req:SC-13 @needs:simulated-nodes
  Scenario Outline: A node loses <id> while alice holds room on it: nobody starts until there is enough again
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].resources.requests[example.com/device] | 2 |
      | spec.deployTemplates[0].spec.containers[0].resources.limits[example.com/device]   | 2 |
    And the nodes of alice have 2 of example.com/device
    And the nodes of bob have 1 of example.com/device
    And the task "both" of alice and bob, which retries after 2 s and lives for 60 s
    When the task "both" is created
    And 2 seconds pass
    And the nodes of alice have <less> of <resource>
    And 1 second passes
    And the nodes of bob have 2 of example.com/device
    And 2 seconds pass
    Then no pod of "both" was bound
      | witness | the pods of "both" exist |
    When the nodes of alice have <enough> of <resource>
    Then the pods of "both" are bound
    And no node ever had more than its room

    Examples:
      | id                  | resource           | less | enough |
      | cpu                 | cpu                | 99m  | 100m   |
      | memory              | memory             | 63Mi | 64Mi   |
      | ephemeral-storage   | ephemeral-storage  | 63Mi | 64Mi   |
      | places-for-pods     | pods               | 0    | 1      |
      | extended-resource   | example.com/device | 1    | 2      |

  @id:schedule-room-of-unknown-kind @req:SC-01a @req:SC-01b @req:SC-13 @needs:simulated-nodes
  Scenario: A node that has never had a resource has none of it
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].resources.requests[example.com/device] | 2 |
      | spec.deployTemplates[0].spec.containers[0].resources.limits[example.com/device]   | 2 |
    And the nodes of alice have 2 of example.com/device
    When the task "psi" is created
    And the pods of "psi" exist
    And the task "probe" is created
    And the pods of "probe" finish
    And the status of "probe" matches "finished.status.yaml"
    Then no pod of "psi" was bound
      | witness | the pods of "probe" have ended |
    When the nodes of bob have 2 of example.com/device
    Then the pods of "psi" are bound
    And no node ever had more than its room
