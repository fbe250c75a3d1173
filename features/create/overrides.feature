@core
Feature: What a party's own template replaces

  Background:
    Given the domains alice and bob, each with room for 4 pods
    And "overrides-image.yaml" is applied

  @id:create-override-everything @req:CR-06a @req:CR-06b @req:CR-06d
  Scenario: Every field that it sets replaces that of the AppImage, in both containers of both pods
    When "everything.yaml" is applied
    Then the pods of alice match "replaced.pod.yaml"
    And the pods of alice have
      | spec.containers[0].env[name=TWICE].value                      | own                                              |
      | spec.containers[0].env[name=WHO].value                        | !absent                                          |
      | spec.containers[0].env[name=WHO].valueFrom.fieldRef.fieldPath | metadata.namespace                               |
      | spec.containers[0].env[name=FIELD].value                      | own                                              |
      | spec.containers[0].env[name=FIELD].valueFrom                  | !absent                                          |
      | spec.containers[0].env[name=MAP].valueFrom                    | {configMapKeyRef: {name: own, key: own}}         |
      | spec.containers[0].env[name=SECRET].valueFrom                 | {secretKeyRef: {name: own, key: own}}            |
      | spec.containers[0].env[name=KIND].valueFrom                   | {configMapKeyRef: {name: own, key: own}, secretKeyRef: !absent} |
      | spec.containers[0].env[name=CPU].valueFrom                    | {resourceFieldRef: {containerName: !absent, resource: requests.memory, divisor: 1Ki}} |
      | spec.containers[0].env[name=NEW].value                        | last                                             |
      | spec.containers[0].ports[name=fed].containerPort              | 9090                                             |
      | spec.containers[0].ports[name=inner].containerPort            | 9092                                             |
      | spec.containers[0].ports[name=new].containerPort              | 9091                                             |
      | spec.containers[0].volumeMounts[mountPath=/work/own.json].subPath | two.json                                     |
      | spec.containers[0].volumeMounts[mountPath=/work/conf/one.json] | !absent                                         |
      | spec.containers[1].env[name=WHO].value                        | own-helper                                       |
      | spec.containers[1].ports[name=more].containerPort             | 9099                                             |
      | spec.containers[1].volumeMounts[mountPath=/work/own-too.json].subPath | one.json                                 |
      | spec.containers[1].volumeMounts[mountPath=/work/own-again.json].subPath | one.json                               |
      | spec.containers[1].volumeMounts[mountPath=/work/two.json]     | !absent                                          |

  @id:create-override-bare @req:CR-06a @req:CR-06b @req:CR-06d
  Scenario: Every field that it sets is there too where the AppImage says nothing
    Given "bare-image.yaml" is applied
    When "everything.yaml" is applied with
      | spec.parties[0].appImageRef | bare-image |
    Then the pods of alice match "replaced.pod.yaml"
    And the pods of alice have
      | spec.containers[0].env[name=TWICE].value                      | own                                              |
      | spec.containers[0].env[name=WHO].value                        | !absent                                          |
      | spec.containers[0].env[name=WHO].valueFrom.fieldRef.fieldPath | metadata.namespace                               |
      | spec.containers[0].env[name=FIELD].value                      | own                                              |
      | spec.containers[0].env[name=FIELD].valueFrom                  | !absent                                          |
      | spec.containers[0].env[name=MAP].valueFrom                    | {configMapKeyRef: {name: own, key: own}}         |
      | spec.containers[0].env[name=SECRET].valueFrom                 | {secretKeyRef: {name: own, key: own}}            |
      | spec.containers[0].env[name=KIND].valueFrom                   | {configMapKeyRef: {name: own, key: own}, secretKeyRef: !absent} |
      | spec.containers[0].env[name=CPU].valueFrom                    | {resourceFieldRef: {containerName: !absent, resource: requests.memory, divisor: 1Ki}} |
      | spec.containers[0].env[name=NEW].value                        | last                                             |
      | spec.containers[0].ports[name=fed].containerPort              | 9090                                             |
      | spec.containers[0].ports[name=inner].containerPort            | 9092                                             |
      | spec.containers[0].ports[name=new].containerPort              | 9091                                             |
      | spec.containers[0].volumeMounts[mountPath=/work/own.json].subPath | two.json                                     |
      | spec.containers[0].volumeMounts[mountPath=/work/conf/one.json] | !absent                                         |
      | spec.containers[1].env[name=WHO].value                        | own-helper                                       |
      | spec.containers[1].ports[name=more].containerPort             | 9099                                             |
      | spec.containers[1].volumeMounts[mountPath=/work/own-too.json].subPath | one.json                                 |
      | spec.containers[1].volumeMounts[mountPath=/work/own-again.json].subPath | one.json                               |
      | spec.containers[1].volumeMounts[mountPath=/work/two.json]     | !absent                                          |

  @id:create-override-of-one @req:CR-11a @req:CR-11b @req:CR-11c
  Scenario: What one party replaces stays as it is for the other party of the AppImage, and for the next task
    When "everything.yaml" is applied with
      | spec.parties[1] | {domainID: bob, appImageRef: overrides-image} |
    And "next.yaml" is applied
    And 2 of the pods of bob exist
    Then the pods of bob match "as-the-image.pod.yaml"
    And the pods of bob have
      | spec.containers[0].env[name=WHO].value                                 | image    |
      | spec.containers[0].env[name=FIELD].valueFrom                           | {fieldRef: {apiVersion: v1, fieldPath: metadata.name}} |
      | spec.containers[0].env[name=NEW]                                       | !absent  |
      | spec.containers[0].ports[name=fed].containerPort                       | 8080     |
      | spec.containers[0].ports[name=new]                                     | !absent  |
      | spec.containers[0].volumeMounts[mountPath=/work/own.json]              | !absent  |
      | spec.containers[0].volumeMounts[mountPath=/work/conf/one.json].subPath | one.json |
      | spec.containers[1].env[name=WHO].value                                 | helper   |

  @id:create-override-nothing @req:CR-06c
  Scenario: A template that names the containers, and sets nothing of them, changes nothing
    When "task.yaml" is applied
    Then the pods of alice match "as-the-image.pod.yaml"
    And the pods of alice have
      | spec.containers[0].env[name=WHO].value                              | image    |
      | spec.containers[0].env[name=TWICE].value                            | last     |
      | spec.containers[0].env[name=EMPTY].name                             | EMPTY    |
      | spec.containers[0].env[name=FIELD].valueFrom.fieldRef.fieldPath     | metadata.name |
      | spec.containers[0].ports[name=fed].containerPort                    | 8080     |
      | spec.containers[0].ports[name=inner].containerPort                  | 8082     |
      | spec.containers[0].volumeMounts[mountPath=/work/conf/one.json].subPath | one.json |
      | spec.containers[1].env[name=WHO].value                              | helper   |
      | spec.containers[1].ports[name=more].containerPort                   | 8089     |
      | spec.containers[1].volumeMounts[mountPath=/work/two.json].subPath   | two.json |
      | spec.containers[1].volumeMounts[mountPath=/work/again.json].subPath | two.json |

  @id:create-override-in-part @req:CR-06b @req:CR-06c
  Scenario: Arguments alone leave the command, a command alone leaves the arguments, one quantity leaves the others
    When "task.yaml" is applied with
      | spec.parties[0].template.spec.containers[0].args      | [own]                         |
      | spec.parties[0].template.spec.containers[0].resources | {requests: {cpu: 11m}}        |
      | spec.parties[0].template.spec.containers[1].command   | [own]                         |
      | spec.parties[0].template.spec.containers[1].resources | {requests: {cpu: "0"}, limits: {memory: 64Mi}} |
    Then the pods of alice have
      | spec.containers[0].command                              | [sh]                        |
      | spec.containers[0].args                                 | [own]                       |
      | spec.containers[0].resources.requests.cpu               | 11m                         |
      | spec.containers[0].resources.requests.memory            | 16Mi                        |
      | spec.containers[0].resources.requests[ephemeral-storage] | 1Mi                         |
      | spec.containers[0].resources.limits                     | {cpu: "1", memory: 32Mi, ephemeral-storage: 2Mi, conformance.kuscia.secretflow/slot: "1"} |
      | spec.containers[1].command                              | [own]                       |
      | spec.containers[1].args                                 | [-c, "./app --seconds=601"] |
      | spec.containers[1].resources.limits.memory              | 64Mi                        |
      | spec.containers[1].resources.limits.cpu                 | 30m                         |
      | spec.containers[1].resources.limits[ephemeral-storage]   | 4Mi                         |
      | spec.containers[1].resources.requests                   | {cpu: "0", memory: 17Mi, ephemeral-storage: 3Mi} |

  @id:create-override-restart-policy @req:CR-06d
  Scenario Outline: Its restartPolicy <where> replaces that of the AppImage
    When "task.yaml" is applied with
      | spec.parties[0].template.restartPolicy      | <beside> |
      | spec.parties[0].template.spec.restartPolicy | <in>     |
    Then the pods of alice have
      | spec.restartPolicy | <expected> |

    Examples:
      | id     | where                        | beside | in     | expected |
      | beside | beside the spec              | Never  | null   | Never    |
      | both   | in the spec and beside it    | Never  | Always | Always   |

  @provisional @id:create-container-added @req:CR-06a
  Scenario: A container that the AppImage does not have is added
    When "task.yaml" is applied with
      | spec.parties[0].template.spec.containers[2] | {name: third, workingDir: /work, command: [sh, -c, "./app --seconds=600"]} |
    Then the pods of alice have
      | spec.containers[0].args    | [-c, "./app --seconds=600", "", " two  words "] |
      | spec.containers[2].name    | third                           |
      | spec.containers[2].command | [sh, -c, "./app --seconds=600"] |
      | spec.containers[2].image   | kuscia-conformance/workload:1   |

  @id:create-from-image @req:CR-11a @req:CR-11b @req:CR-11c
  Scenario: Without a template of its own the pods are as the AppImage says
    When "task.yaml" is applied with
      | spec.parties[0].template | null |
    Then the pods of alice match "as-the-image.pod.yaml"
    And the pods of alice have
      | spec.containers[0].env[name=WHO].value                          | image |
      | spec.containers[0].env[name=TWICE].value                        | last  |
      | spec.containers[0].env[name=EMPTY].name                         | EMPTY |
      | spec.containers[0].env[name=FIELD].valueFrom                    | {fieldRef: {apiVersion: v1, fieldPath: metadata.name}} |
      | spec.containers[0].env[name=MAP].valueFrom                      | {configMapKeyRef: {name: image, key: map, optional: true}} |
      | spec.containers[0].env[name=EMPTY].value | !one-of [!absent, ""] |
      | spec.containers[0].env[name=KIND].valueFrom | {secretKeyRef: {name: image, key: key, optional: true}} |
      | spec.containers[0].env[name=SECRET].valueFrom                   | {secretKeyRef: {name: image, key: key, optional: true}} |
      | spec.containers[0].env[name=CPU].valueFrom                      | {resourceFieldRef: {containerName: app, resource: limits.cpu, divisor: 1m}} |
      | spec.containers[0].ports[name=fed].containerPort                | 8080  |
      | spec.containers[0].ports[name=inner].containerPort              | 8082  |
      | spec.containers[1].env[name=WHO].value                          | helper |
      | spec.containers[1].ports[name=more].containerPort               | 8089  |
