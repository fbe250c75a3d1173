@core
Feature: Ports and their services

  Background:
    Given the domain alice with room for 1 pod
    And the task "psi" of alice

  @id:create-port-scope @req:CR-07b
  Scenario Outline: A port <of scope> has <what>
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].ports | [{name: fed, port: 8080, protocol: HTTP, scope: Cluster}, <port>] |
    When the task "psi" is created
    And the pods of "psi" run
    Then the services of alice are
      | service   | port | leads to |
      | psi-0-fed | 8080 | psi-0    |

    Examples:
      | id    | of scope       | what       | port                                                   |
      | local | of scope Local | no service | {name: more, port: 8081, protocol: HTTP, scope: Local} |
      | none  | without scope  | no service | {name: more, port: 8081, protocol: HTTP}               |

  @id:create-port-served @req:CR-07a @req:VW-11a @req:VW-11b @req:VW-12
  Scenario Outline: A port of scope <scope> has a service, which is shown with it
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].ports | [{name: more, port: 8081, protocol: <protocol>, scope: <scope>}] |
    When the task "psi" is created
    Then the services of alice are
      | service    | port | leads to |
      | psi-0-more | 8081 | psi-0    |
    And the status of "psi" matches "<document>.status.yaml"

    Examples:
      | id           | scope   | protocol | document |
      | cluster      | Cluster | HTTP     | cluster  |
      | cluster-grpc | Cluster | GRPC     | cluster  |
      | domain       | Domain  | HTTP     | domain   |

  @id:create-port-numbers @req:CR-07a @req:VW-12
  Scenario: A number that is declared is used, be it low, high, or another task's
    Given the nodes of alice have room for 2 pods
    And the task "probe" of alice
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].ports | [{name: low, port: 80, protocol: HTTP, scope: Cluster}, {name: mid, port: 20000, protocol: HTTP, scope: Cluster}, {name: high, port: 65535, protocol: HTTP, scope: Cluster}] |
    When the task "probe" is created
    And the pods of "probe" run
    And the task "psi" is created
    Then the status of "psi" matches "numbers.status.yaml"
    And each of the pods of "psi" has services of its own for the ports 80, 20000 and 65535

  @id:create-port-undeclared @req:CR-07a @req:VW-11a @req:VW-11b @req:VW-12
  Scenario: A port whose number nobody declares gets one
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[0].ports | [{name: more, protocol: HTTP, scope: Cluster}] |
    When the task "psi" is created
    Then the services of alice are
      | service    | leads to |
      | psi-0-more | psi-0    |
    And the status of "psi" matches "undeclared.status.yaml"

  @id:create-port-of-second-container @req:CR-07a
  Scenario: The ports of a second container are served, too
    Given the AppImage has
      | spec.deployTemplates[0].spec.containers[1] | {name: helper, workingDir: /work, command: [sh, -c, "./app --seconds=600"], ports: [{name: more, port: 443, protocol: HTTP, scope: Cluster}, {name: last, port: 65535, protocol: GRPC, scope: Domain}]} |
    When the task "psi" is created
    Then the services of alice are
      | service      | port | leads to |
      | psi-0-fed    | 8080 | psi-0    |
      | psi-0-global | 8081 | psi-0    |
      | psi-0-more   | 443  | psi-0    |
      | psi-0-last   | 65535 | psi-0   |
