@core
Feature: Why a pod has failed, as its task says

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:run-cause @req:RN-02b @req:VW-05 @req:VW-06 @req:VW-10a @req:VW-10b
  Scenario Outline: <cause>
    Given the task "psi" has
      | spec.parties[1].template.spec.containers | [{name: app, workingDir: /work, command: [<program>], args: <args>}] |
    When the task "psi" is created
    Then the status of "psi" matches "<id>.status.yaml"

    Examples:
      | id      | cause                                     | program        | args                                                  |
      | code    | It ended with an exit code, and a message | sh             | [-c, "printf %s bang > /dev/termination-log; exit 7"] |
      | long    | It left a long message, in other letters  | sh             | [-c, "printf %s '内存不足, said a program that had much to say about it, more than a line of a terminal holds, and at last how much it wanted' > /dev/termination-log; exit 7"] |
      | signal  | It ended as a program that was killed     | sh             | [-c, "echo too much memory; exit 137"]                |
      | program | Its program does not exist                | /no/such/thing | [run]                                                 |

  @id:run-cause-container @req:RN-02b @req:VW-05 @req:VW-06 @req:VW-10a @req:VW-10b
  Scenario Outline: The <which> of its two containers has failed, the other has not
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers | [{name: app, workingDir: /work, command: [sh], args: [-c, exit 0], resources: {requests: {conformance.kuscia.secretflow/slot: "1"}, limits: {conformance.kuscia.secretflow/slot: "1"}}}, {name: side, workingDir: /work, command: [sh], args: [-c, exit 0]}] |
    And the task "psi" has
      | spec.parties[1].template.spec.containers | [{name: <name>, workingDir: /work, args: [-c, "printf %s bang > /dev/termination-log; exit 7"], command: [sh]}] |
    When the task "psi" is created
    Then the status of "psi" matches "code.status.yaml"

    Examples:
      | id     | which  | name |
      | first  | first  | app  |
      | second | second | side |

  @id:run-cause-role @req:RN-02b @req:VW-05 @req:VW-06 @req:VW-10a @req:VW-10b
  Scenario: The pod of a party with a role has failed
    Given the AppImage has
      | spec.deployTemplates[0].role | guest |
    And the task "psi" has
      | spec.parties[0].role                     | guest |
      | spec.parties[1].role                     | guest |
      | spec.parties[1].template.spec.containers | [{name: app, workingDir: /work, command: [sh], args: [-c, "printf %s bang > /dev/termination-log; exit 7"]}] |
    When the task "psi" is created
    Then the status of "psi" matches "role.status.yaml"

  @id:run-cause-not-yet @req:VW-09c
  Scenario: A pod of which one container has failed and the other goes on still runs
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[1] | {name: side, workingDir: /work, command: [sh], args: [-c, exit 3]} |
    When the task "psi" is created
    And the pods of "psi" run
    And 5 seconds pass
    Then the status of "psi" matches "not-yet.status.yaml"

  @id:run-cause-evicted @req:RN-02b @req:VW-05 @req:VW-06 @req:VW-10a @needs:simulated-nodes
  Scenario: Its node has evicted it
    When the task "psi" is created
    And the pods of "psi" are ready
    And the pod "bob/psi-0" is evicted by its node
    Then the status of "psi" matches "bob-has-failed.status.yaml"
    And the status of "psi" matches "evicted.status.yaml"
