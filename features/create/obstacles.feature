@core
Feature: What cannot be made

  Background:
    Given the domains alice and bob, each with room for 1 pod

  @id:create-app-image-missing @req:CR-09a @req:CR-09b
  Scenario: Without its AppImage a task fails, and names it
    Given the task "psi" of alice and bob, which lives for 3 s
    And the AppImage is missing
    When the task "psi" is created
    Then the status of "psi" matches "app-image.status.yaml"

  @id:create-second-app-image-missing @req:CR-09a @req:CR-09b
  Scenario: Without the AppImage of its second party a task fails, and names it
    Given the task "psi" of alice and bob, which lives for 3 s
    And the task "psi" has
      | spec.parties[1].appImageRef | of-bob |
    When the task "psi" is created
    Then the status of "psi" matches "of-bob.status.yaml"

  @id:create-app-images-missing @req:CR-09a @req:CR-09b
  Scenario: Of two AppImages the first comes, and the task fails and names the other
    Given the task "psi" of alice and bob, which lives for 6 s
    And the task "psi" has
      | spec.parties[1].appImageRef | of-bob |
    And the AppImage is missing
    When the task "psi" is created
    And the status of "psi" matches "handled.status.yaml"
    And 2 seconds pass
    And the AppImage is created
    Then the status of "psi" matches "of-bob.status.yaml"

  @id:create-app-image-late @req:CR-09a @req:CR-09b
  Scenario: An AppImage that comes later is used, or the task has failed and names it
    Given the task "psi" of alice and bob, which lives for 10 s
    And the AppImage is missing
    When the task "psi" is created
    And the status of "psi" matches "handled.status.yaml"
    And 4 seconds pass
    And the AppImage is created
    Then the status of "psi" matches "late.status.yaml"

  @id:create-impossible @req:VW-02a @req:VW-06
  Scenario Outline: <what> either runs or fails, and then it says why
    Given "app-image.yaml" is applied
    When "task.yaml" is applied with
      | <path> | <value> |
    Then the status of "task" matches "<id>.status.yaml"

    Examples:
      | id        | what                             | path                     | value                                               |
      | domain    | A party whose domain is nowhere  | spec.parties[1].domainID | nowhere                                             |
      | initiator | An initiator that is nowhere     | spec.initiator           | nowhere                                             |
      | parties   | A task without parties           | spec.parties             | []                                                  |
      | zero      | A party with 0 replicas          | spec.parties[1].template.replicas | 0                                          |
      | negative  | A party with -1 replicas         | spec.parties[1].template.replicas | -1                                         |
      | own-port  | A port beyond 65535              | spec.parties[1].template.spec.containers | [{name: app, workingDir: /work, ports: [{name: fed, port: 70000, scope: Cluster}]}] |
      | own-env   | A variable without a name        | spec.parties[1].template.spec.containers | [{name: app, workingDir: /work, env: [{name: "", value: own}]}] |
      | pods      | minReservedPods above replicas   | spec.parties[1].minReservedPods | 5                                            |

  @id:create-damaged @req:VW-02a @req:VW-06
  Scenario Outline: An AppImage <with what> cannot be run, and the task says so
    Given the task "psi" of alice and bob, which lives for 3 s
    And the AppImage has
      | spec.deployTemplates[0]<path> | <value> |
    When the task "psi" is created
    Then the status of "psi" matches "damaged.status.yaml"

    Examples:
      | id               | with what                       | path                        | value                                      |
      | no-containers    | without containers              | .spec                       | {}                                         |
      | empty-containers | with an empty list of containers | .spec.containers           | []                                         |
      | container-name   | with a container without a name | .spec.containers[0].name    | ""                                         |
      | twins            | with two containers of one name | .spec.containers[1]         | {name: app, workingDir: /work}             |
      | variable         | with an invalid variable        | .spec.containers[0].env     | [{name: "A=B", value: a}]                  |
      | port             | with a port beyond 65535        | .spec.containers[0].ports   | [{name: fed, port: 70000, scope: Cluster}] |
      | port-negative    | with a negative port            | .spec.containers[0].ports   | [{name: fed, port: -1, scope: Cluster}]    |
      | port-name        | with an invalid port name       | .spec.containers[0].ports   | [{name: FED, port: 8080, scope: Cluster}]  |
      | port-twice       | with two ports of one name      | .spec.containers[0].ports   | [{name: fed, port: 8080, scope: Cluster}, {name: fed, port: 8081, scope: Cluster}] |
      | probe            | with a probe that asks nothing  | .spec.containers[0].livenessProbe | {periodSeconds: 3}                   |
      | quantity         | with a request above its limit  | .spec.containers[0].resources | {requests: {cpu: "2"}, limits: {cpu: "1"}} |
      | restart-policy   | with an unknown restartPolicy   | .spec.restartPolicy         | Sometimes                                  |

  @id:create-damaged-configuration @req:VW-02a @req:VW-06
  Scenario: An AppImage with a mount that cannot be cannot be run, and the task says so
    Given the task "psi" of alice and bob, which lives for 3 s
    And the AppImage has
      | spec.configTemplates                                          | {task.json: "{}"}                        |
      | spec.deployTemplates[0].spec.containers[0].configVolumeMounts | [{mountPath: /a, subPath: ../task.json}] |
    When the task "psi" is created
    Then the status of "psi" matches "damaged.status.yaml"

  @id:create-no-template @req:VW-02a @req:VW-06
  Scenario: An AppImage without any deploy template cannot be run, and the task says so
    Given the task "psi" of alice and bob, which lives for 3 s
    And the AppImage has
      | spec.deployTemplates | [] |
    When the task "psi" is created
    Then the status of "psi" matches "damaged.status.yaml"
