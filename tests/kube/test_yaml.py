"""Tests that the fast YAML reader returns the same as the strict reader."""

import pytest
import yaml

from kuscia_conformance.documents import load_manifests
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.yaml import read_own

DEFINITIONS = sorted((suite_folder("fixtures") / "crds").glob("*.yaml"))


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_definitions_read_fast_equal_those_read_strictly(path):
    assert read_own(path) == load_manifests(path) != []


def test_requirements_read_fast_equal_those_read_by_pyyaml():
    path = suite_folder("features") / "requirements.yaml"
    assert read_own(path) == [yaml.safe_load(path.read_text())]
