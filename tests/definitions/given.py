"""Reads the definition files of the suite and finds the schema at a path."""

import re

from kuscia_conformance import documents
from kuscia_conformance.features.folders import (
    suite_folder,
)

FIXTURES = suite_folder("fixtures")
CRDS = FIXTURES / "crds"
POD_TEMPLATES = {
    "kusciatasks": "spec.parties[].template.spec",
    "appimages": "spec.deployTemplates[].spec",
}


def definition(plural):
    [found] = documents.load_manifests(CRDS / f"{plural}.yaml")
    return found["spec"]


def schema(plural, path=""):
    """Returns the schema of a field at a path such as `spec.parties[].domainID`."""
    [version] = definition(plural)["versions"]
    found = version["schema"]["openAPIV3Schema"]
    for step in re.findall(r"\w+|\[\]", path):
        found = found["items"] if step == "[]" else found["properties"][step]
    return found


def required(plural, path=""):
    return set(schema(plural, path).get("required", []))
