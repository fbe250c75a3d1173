@core
Feature: What a party's own template replaces

  Background:
    Given the domain alice with room for 1 pod
    And "overrides-image.yaml" is applied

  @id:create-override
  Scenario Outline: Its <field> replaces that of the AppImage
    When "task.yaml" is applied with
      | spec.parties[0].template.spec.containers[0].<field> | <own> |
    Then the pods of alice have
      | spec.containers[0].<place> | <expected> |

    @req:CR-06a
    Examples: A whole field
      | id           | field           | own                                              | place           | expected                                      |
      | command      | command         | [sh, -c, "./app --seconds=600"]                  | command         | [sh, -c, "./app --seconds=600"]               |
      | args         | args            | [own]                                            | args            | [own]                                         |
      | pull-policy  | imagePullPolicy | Never                                            | imagePullPolicy | Never                                         |
      | env-from     | envFrom         | [{configMapRef: {name: own, optional: true}}]    | envFrom         | [{configMapRef: {name: own, optional: true}}] |
      | liveness     | livenessProbe   | {tcpSocket: {port: 1}, periodSeconds: 7}         | livenessProbe   | {tcpSocket: {port: 1}, periodSeconds: 7, httpGet: !absent}  |
      | readiness    | readinessProbe  | {tcpSocket: {port: 1}, periodSeconds: 7}         | readinessProbe  | {tcpSocket: {port: 1}, periodSeconds: 7, httpGet: !absent}  |
      | startup      | startupProbe    | {tcpSocket: {port: 1}, periodSeconds: 7}         | startupProbe    | {tcpSocket: {port: 1}, periodSeconds: 7, httpGet: !absent}  |

    @req:CR-06b
    Examples: What is told apart by its name
      | id           | field              | own                        | place                    | expected |
      | env          | env                | [{name: WHO, value: own}]  | env[name=WHO].value      | own      |
      | env-stays    | env                | [{name: NEW, value: own}]  | env[name=WHO].value      | image    |
      | env-new      | env                | [{name: NEW, value: own}]  | env[name=NEW].value      | own      |
      | port         | ports              | [{name: fed, port: 9090, scope: Cluster}] | ports[name=fed].containerPort | 9090 |
      | request      | resources.requests | {cpu: 20m}                 | resources.requests.cpu   | 20m      |
      | request-stays | resources.requests | {cpu: 20m}                | resources.requests.memory | 16Mi    |
      | limit        | resources.limits   | {memory: 64Mi}             | resources.limits.memory  | 64Mi     |
      | limit-stays  | resources.limits   | {memory: 64Mi}             | resources.limits.cpu     | "1"      |

    @req:CR-06c
    Examples: What it leaves out stays
      | id             | field   | own   | place          | expected                |
      | others-stay    | args    | [own] | livenessProbe  | {httpGet: {path: /healthz}} |
      | directory-stays | args   | [own] | workingDir     | /work                   |
      | image-stays    | args    | [own] | image          | kuscia-conformance/workload:1 |

  @id:create-override-restart-policy @req:CR-06d
  Scenario: Its restartPolicy replaces that of the AppImage
    When "task.yaml" is applied with
      | spec.parties[0].template.spec.restartPolicy | OnFailure |
    Then the pods of alice have
      | spec.restartPolicy | OnFailure |

  @id:create-container-added @req:CR-06a
  Scenario: A container that the AppImage does not have is added
    When "task.yaml" is applied with
      | spec.parties[0].template.spec.containers[1] | {name: helper, workingDir: /work, command: [sh, -c, "./app --seconds=600"]} |
    Then the pods of alice have
      | spec.containers[0].name    | app                             |
      | spec.containers[0].args    | [-c, "./app --seconds=600"]     |
      | spec.containers[1].name    | helper                          |
      | spec.containers[1].command | [sh, -c, "./app --seconds=600"] |
      | spec.containers[1].image   | kuscia-conformance/workload:1   |

  @id:create-from-image @req:CR-11a @req:CR-11b @req:CR-11c
  Scenario: Without a template of its own the pods are as the AppImage says
    When "task.yaml" is applied with
      | spec.parties[0].template | null |
    Then the pods of alice match "as-the-image.pod.yaml"
