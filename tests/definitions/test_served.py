"""Tests the definitions on an API server."""

import asyncio
import subprocess
import uuid
from pathlib import Path

import pytest

from kuscia_conformance import documents
from kuscia_conformance.documents.edits import without
from kuscia_conformance.errors import Invalid, NotFound
from kuscia_conformance.kube.client import Api
from kuscia_conformance.kube.kubeconfig import read_access
from kuscia_conformance.kube.kuscia import (
    APP_IMAGES,
    KUSCIA_TASKS,
    TASK_NAMESPACE,
    TASK_RESOURCE_GROUPS,
    TASK_RESOURCES,
    resource_of,
)
from kuscia_conformance.kube.objects import DEFINITIONS, name_of
from tests.apiserver.kubectl.finding import find_kubectl
from tests.definitions.given import CRDS, FIXTURES

MANIFESTS = [
    "create/psi/secretflow-image.yaml",
    "create/psi/secretflow-task-psi.yaml",
    "create/template/app-template.yaml",
    "create/template/task-template.yaml",
    "create/template/task-template-with-status.yaml",
    "shared/app-image.yaml",
]
EVERY_FIELD = Path(__file__).parent / "every-field.yaml"
CONTAINER = "spec.parties[0].template.spec.containers[0]"


@pytest.fixture
def ask(control_plane):
    """Sends one request, given as a function of the client, and returns the answer."""

    def ask(request):
        async def conversation():
            async with Api(read_access(control_plane), "test") as api:
                return await request(api)

        return asyncio.run(conversation())

    return ask


@pytest.fixture
def create(ask):
    """Creates an object as kubectl would, and deletes it after the test."""
    made = []

    def create(resource, obj):
        stored = ask(lambda api: api.create(resource, obj, strict=True))
        made.append((resource, stored["metadata"]))
        return stored

    yield create
    for resource, metadata in made:
        name, namespace = metadata["name"], metadata.get("namespace")
        ask(lambda api, r=resource, n=name, ns=namespace: api.delete(r, n, ns))


@pytest.fixture
def kubectl(control_plane):
    program = find_kubectl()
    if program is None:
        pytest.skip("there is no kubectl, neither in KUBEBUILDER_ASSETS nor on the PATH")

    def run(*arguments):
        command = [program, "--kubeconfig", str(control_plane), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def fresh_name():
    return f"test-{uuid.uuid4().hex[:8]}"


def template(**changes):
    """Returns the page's second task with a fresh name; `changes` replace fields of its spec."""
    [task] = documents.load_manifests(FIXTURES / "create/template/task-template.yaml")
    task["metadata"]["name"] = fresh_name()
    return {**task, "spec": {**task["spec"], **changes}}


def port_of(task):
    return task["spec"]["parties"][0]["template"]["spec"]["containers"][0]["ports"][0]


def refusal(create, obj, resource=KUSCIA_TASKS):
    """Returns the fields that the server names when it refuses the object as invalid."""
    with pytest.raises(Invalid) as caught:
        create(resource, obj)
    return [cause["field"] for cause in caught.value.causes]


def test_every_definition_is_established(ask):
    definitions, _ = ask(lambda api: api.list(DEFINITIONS))
    ours = [one for one in definitions if one["spec"]["group"] == "kuscia.secretflow"]
    assert {name_of(one).split(".")[0] for one in ours} == {file.stem for file in CRDS.iterdir()}
    for one in ours:
        conditions = {c["type"]: c["status"] for c in one["status"]["conditions"]}
        assert conditions == {"NamesAccepted": "True", "Established": "True"}, name_of(one)


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_kubectl_applies_the_manifests_of_the_suite_with_strict_validation(kubectl, manifest):
    path = str(FIXTURES / manifest)
    said = kubectl("apply", "--validate=strict", "--dry-run=server", "-f", path)
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip().endswith("(server dry run)")


@pytest.mark.parametrize("short", ["kt", "aimg", "trg", "tr"])
def test_kubectl_knows_the_short_names_of_the_kinds(kubectl, short):
    said = kubectl("get", short, "-n", TASK_NAMESPACE)
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize(
    "path", [*(FIXTURES / name for name in MANIFESTS), EVERY_FIELD], ids=lambda path: path.stem
)
def test_the_stored_spec_equals_the_spec_that_was_sent(create, path):
    [obj] = documents.load_manifests(path)
    obj["metadata"]["name"] = fresh_name()
    assert create(resource_of(obj), obj)["spec"] == obj["spec"]


def test_an_app_image_keeps_every_field_of_its_spec(create):
    """An AppImage accepts the same pod template as a task."""
    [task] = documents.load_manifests(EVERY_FIELD)
    pods = task["spec"]["parties"][0]["template"]["spec"]
    image = {
        "apiVersion": "kuscia.secretflow/v1alpha1",
        "kind": "AppImage",
        "metadata": {"name": fresh_name()},
        "spec": {
            "image": {"name": "app", "tag": "1", "id": "sha256:0", "sign": "none"},
            "configTemplates": {"app.conf": "{{.TASK_ID}}"},
            "deployTemplates": [
                {
                    "name": "app",
                    "role": "host,guest",
                    "replicas": 1,
                    "networkPolicy": {
                        "ingresses": [{"from": {"roles": ["guest"]}, "ports": [{"port": "fed"}]}]
                    },
                    "spec": pods,
                }
            ],
        },
    }
    assert create(APP_IMAGES, image)["spec"] == image["spec"]


@pytest.mark.parametrize(
    "path",
    [
        "spec.initiator",
        "spec.parties",
        "spec.taskInputConfig",
        "spec.parties[0].domainID",
        "spec.parties[1].appImageRef",
        f"{CONTAINER}.workingDir",
        f"{CONTAINER}.configVolumeMounts[0].subPath",
    ],
)
def test_a_task_without_a_required_field_is_refused(create, path):
    assert refusal(create, without(template(), path)) == [path]


@pytest.mark.parametrize("path", ["spec.image", "spec.image.tag", "spec.deployTemplates[0].name"])
def test_an_app_image_without_a_required_field_is_refused(create, path):
    [image] = documents.load_manifests(FIXTURES / "shared/app-image.yaml")
    assert refusal(create, without(image, path), APP_IMAGES) == [path]


def test_min_reserved_members_of_a_task_must_be_at_least_one(create):
    task = template(scheduleConfig={"minReservedMembers": 0})
    assert refusal(create, task) == ["spec.scheduleConfig.minReservedMembers"]


@pytest.mark.parametrize("field", ["protocol", "scope"])
def test_a_port_with_an_unknown_protocol_or_scope_is_refused(create, field):
    task = template()
    port_of(task)[field] = "UDP"
    assert refusal(create, task) == [f"{CONTAINER}.ports[0].{field}"]


def test_the_defaults_of_a_port_are_http_and_local(create):
    task = template()
    port = port_of(task)
    del port["protocol"], port["scope"]
    assert port_of(create(KUSCIA_TASKS, task)) == {**port, "protocol": "HTTP", "scope": "Local"}


def test_a_status_given_at_creation_is_dropped(create):
    [task] = documents.load_manifests(FIXTURES / "create/template/task-template-with-status.yaml")
    task["metadata"]["name"] = fresh_name()
    assert "status" not in create(KUSCIA_TASKS, task)


def test_the_status_subresource_of_a_task_stores_the_printed_status(create, ask):
    [printed] = documents.load_manifests(
        FIXTURES / "create/template/task-template-with-status.yaml"
    )
    name = name_of(create(KUSCIA_TASKS, template()))
    status = {"status": printed["status"]}
    ask(lambda api: api.patch(KUSCIA_TASKS, name, TASK_NAMESPACE, status))
    assert "status" not in ask(lambda api: api.get(KUSCIA_TASKS, name, TASK_NAMESPACE))
    ask(lambda api: api.patch(KUSCIA_TASKS, name, TASK_NAMESPACE, status, sub="status"))
    stored = ask(lambda api: api.get(KUSCIA_TASKS, name, TASK_NAMESPACE))
    assert stored["status"] == printed["status"]


def test_min_reserved_members_of_a_group_must_be_at_least_one(create):
    group = {
        "apiVersion": "kuscia.secretflow/v1alpha1",
        "kind": "TaskResourceGroup",
        "metadata": {"name": fresh_name()},
        "spec": {"initiator": "alice", "minReservedMembers": 0},
    }
    assert refusal(create, group, TASK_RESOURCE_GROUPS) == ["spec.minReservedMembers"]


def test_a_task_resource_has_no_status_subresource(create, ask):
    resource = {
        "apiVersion": "kuscia.secretflow/v1alpha1",
        "kind": "TaskResource",
        "metadata": {"name": fresh_name(), "namespace": TASK_NAMESPACE},
        "spec": {"minReservedPods": 1, "pods": [{"name": "psi-0"}]},
        "status": {"phase": "Reserving"},
    }
    name = name_of(create(TASK_RESOURCES, resource))
    patch = {"status": {"phase": "Reserved"}}
    with pytest.raises(NotFound):
        ask(lambda api: api.patch(TASK_RESOURCES, name, TASK_NAMESPACE, patch, sub="status"))
    stored = ask(lambda api: api.patch(TASK_RESOURCES, name, TASK_NAMESPACE, patch))
    assert stored["status"] == patch["status"]
