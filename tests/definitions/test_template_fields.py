"""Tests that checks look at every field of a deploy template, so that a new field is not forgotten.

The AppImage of `create/overrides.feature` sets every field that the definition has. The party's
template there sets every field of a container. A pod that lacks any of the AppImage's values is
not what `create-from-image` expects.
"""

import copy
import re

import pytest

from kuscia_conformance import documents
from kuscia_conformance.documents.edits import expectation
from kuscia_conformance.features.fixture_files import load_expected
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.features.reader import cases_in
from reference_controller.kuscia_task.pods import build_pods
from tests.definitions.given import FIXTURES, POD_TEMPLATES, schema
from tests.reference_controller.kuscia_task.given import accepted, party

FEATURE = suite_folder("features") / "create" / "overrides.feature"
OVERRIDES = FIXTURES / "create" / "overrides"
[IMAGE] = documents.load_manifests(OVERRIDES / "overrides-image.yaml")
[TASK] = documents.load_manifests(OVERRIDES / "everything.yaml")
EXPECTED = load_expected(OVERRIDES / "as-the-image.pod.yaml")
#: What no page promises to do something with, or what a template cannot use.
NOT_CHECKED = {
    "containers[].metricProbe.path",  # only an annotation of the original
    "containers[].metricProbe.port",
    "containers[].resources.claims[].name",  # claims of pods, which a template cannot make
    "containers[].resources.claims[].request",
}


def fields(below, path=""):
    """Yields the path of each field of a schema that has no known fields in it."""
    if "items" in below:
        yield from fields(below["items"], f"{path}[]")
    elif "properties" in below:
        for name, inner in below["properties"].items():
            yield from fields(inner, f"{path}.{name}".lstrip("."))
    else:
        yield path


def leaves(value, path=()):
    """Yields the path of each value of a document."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, step))
    else:
        yield path


def written(value):
    """Returns the paths of a document's values, in the form of `fields`."""
    texts = ("".join("[]" if isinstance(s, int) else f".{s}" for s in p) for p in leaves(value))
    return {text.lstrip(".") for text in texts}


def probes_are_one(path):
    """Returns the path with one word for the probes: their fields are of one type."""
    return re.sub(r"(liveness|readiness|startup)Probe", "probe", path)


def test_the_app_image_sets_every_field_of_the_definition():
    template = IMAGE["spec"]["deployTemplates"][0]["spec"]
    found = {probes_are_one(path) for path in written(template)}
    wanted = {*fields(schema("appimages", POD_TEMPLATES["appimages"]))} - NOT_CHECKED
    lacking = {
        path
        for path in map(probes_are_one, wanted)
        if not any(each == path or each.startswith(f"{path}.") for each in found)
    }
    assert lacking == set()


def test_the_partys_template_sets_every_field_of_a_container_and_of_the_pod():
    template = TASK["spec"]["parties"][0]["template"]["spec"]
    known = schema("kusciatasks", POD_TEMPLATES["kusciatasks"])["properties"]
    of_containers = set(known["containers"]["items"]["properties"])
    assert set(template) == set(known)
    for container in template["containers"]:
        assert set(container) == of_containers - {"metricProbe"}


def rows():
    """Returns the rows of the tables of `create-from-image`: paths and expected values."""
    [case] = [c for c in cases_in(FEATURE) if c.check.id == "create-from-image"]
    tables = [step.datatable.raw() for step in case.steps if step.type == "then" and step.datatable]
    cells = [[str(cell) for cell in row] for table in tables for row in table]
    return expectation(cells)


def mismatches(image):
    """Returns what `create-from-image` says of the reference's pod of an AppImage."""
    seen = accepted({**party("alice"), "appImageRef": image["metadata"]["name"]}, image=image)
    [pod] = build_pods(seen.plan)
    found = [
        mismatch
        for path, value in rows()
        for mismatch in documents.compare({"at": value}, {"at": documents.value_at(pod, path)})
    ]
    return [*documents.compare(EXPECTED, pod), *found]


def another(path):
    """Returns the AppImage with another value at the path of its deploy template."""
    image = copy.deepcopy(IMAGE)
    holder = image["spec"]["deployTemplates"][0]["spec"]
    for step in path[:-1]:
        holder = holder[step]
    old = holder[path[-1]]
    holder[path[-1]] = old + 1 if type(old) is int else "another"
    return image


def is_seen_elsewhere(path):
    """Returns whether a value shows in services, in mounts, or in nothing."""
    *_, field = path
    is_first_of_two = path[-3:-1] == ("env", 1)
    return field in ("protocol", "scope") or "configVolumeMounts" in path or is_first_of_two


def test_the_pods_of_the_app_image_are_as_expected():
    assert mismatches(IMAGE) == []


@pytest.mark.parametrize(
    "path",
    [p for p in leaves(IMAGE["spec"]["deployTemplates"][0]["spec"]) if not is_seen_elsewhere(p)],
    ids=lambda path: ".".join(map(str, path)),
)
def test_a_pod_with_another_value_of_any_field_is_not_as_expected(path):
    assert mismatches(another(path))
