@core
Feature: A container that cannot run

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:run-crash-loop @req:RN-09
  Scenario: One that crashes again and again has failed
    Given the AppImage has
      | spec.deployTemplates[0].spec.restartPolicy         | Always                      |
      | spec.deployTemplates[0].spec.containers[0].command | [sh, -c, "sleep 1; exit 3"] |
    When the task "psi" is created
    Then the status of "psi" matches "failed.status.yaml" within 60 s

  @id:run-image-never-pulled @req:RN-09
  Scenario: One whose image is not there and must not be pulled has failed
    Given the AppImage has
      | spec.image.name                                            | no-such-image |
      | spec.deployTemplates[0].spec.containers[0].imagePullPolicy | Never         |
    When the task "psi" is created
    Then the status of "psi" matches "failed.status.yaml"

  @id:run-image-not-found @req:VW-20
  Scenario: One whose image cannot be pulled says so
    Given the AppImage has
      | spec.image.name | no-such-image |
    When the task "psi" is created
    Then the status of "psi" matches "not-pulled.status.yaml"

  @id:run-configuration-missing @req:VW-20
  Scenario: One that waits for its configuration says so
    Given the task "solo" of alice
    And the AppImage has
      | spec.deployTemplates[0].spec.containers[0].envFrom | [{configMapRef: {name: not-there}}] |
    When the task "solo" is created
    Then the status of "solo" matches "not-configured.status.yaml"
