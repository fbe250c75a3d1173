"""Resource definitions, and the recorded answers of a real server to them.

`refused.yaml` has definitions that the server refuses, with its causes. A case lists how it differs
from a valid definition: in the `spec`, in the first `version`, in its `root` schema, in the
`schema` of the objects' spec, or in the `metadata`. `published.yaml` has definitions that together
use every field. `published.json.xz` has the OpenAPI documents that the server publishes for them
and for the suite's own definitions.

`python -m tests.apiserver.crd KUBECONFIG` records the answers again.
"""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import Any

import orjson
import yaml

from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.kube.kuscia import GROUP
from kuscia_conformance.kube.objects import Obj

REFUSED = Path(__file__).with_name("refused.yaml")
PUBLISHED = Path(__file__).with_name("published.yaml")
DOCUMENTS = Path(__file__).with_name("published.json.xz")


def definition(
    *,
    spec: Obj | None = None,
    version: Obj | None = None,
    root: Obj | None = None,
    schema: Obj | None = None,
    metadata: Obj | None = None,
) -> Obj:
    """Returns a definition of the kind Thing; the parts that are passed replace the usual ones."""
    of_spec = {"type": "object", "properties": {"size": {"type": "string"}}}
    properties = {"spec": of_spec if schema is None else schema}
    of_root = {"type": "object", "properties": properties} if root is None else root
    first = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": of_root}}
    names = {"plural": "things", "kind": "Thing"}
    usual = {"group": "embedded.example.com", "scope": "Namespaced", "names": names}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.embedded.example.com", **(metadata or {})},
        "spec": {**usual, "versions": [{**first, **(version or {})}], **(spec or {})},
    }


def refused() -> dict[str, Obj]:
    """Returns the refused cases by title: `differs`, and `causes` as [field, reason, message]."""
    found: dict[str, Obj] = yaml.safe_load(REFUSED.read_text())
    return found


def own_definitions() -> list[Obj]:
    """Returns the suite's own definitions, from fixtures/crds."""
    files = sorted((suite_folder("fixtures") / "crds").glob("*.yaml"))
    return [obj for file in files for obj in yaml.safe_load_all(file.read_text())]


def published() -> dict[str, list[Obj]]:
    """Returns the definitions of each group-version that has a recorded OpenAPI document."""
    found: dict[str, list[Obj]] = {f"{GROUP}/v1alpha1": own_definitions()}
    for obj in yaml.safe_load_all(PUBLISHED.read_text()):
        found[f"{obj['spec']['group']}/{obj['spec']['versions'][0]['name']}"] = [obj]
    return found


def documents() -> dict[str, Any]:
    """Returns the recorded OpenAPI document of each group-version."""
    found: dict[str, Any] = orjson.loads(lzma.decompress(DOCUMENTS.read_bytes()))
    return found
