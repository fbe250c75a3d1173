"""Recorded answers of kube-apiserver 1.34.4, and the types that the tests compare with them.

`validated.jsonl`: an object with the `value` at spec.x was created for a definition whose spec.x
has the `schema`. The server `stored` a value (or none: `absent`), or refused it with causes.
`bodies.jsonl`: a body was sent as an object of a `kind`; the server's refusal or its warnings.
"""

import json
from functools import cache
from pathlib import Path

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.schema import custom_type, type_of

HERE = Path(__file__).parent
GROUP = "s.schema.test"
KINDS = {
    "ConfigMap": ("", "v1"),
    "Secret": ("", "v1"),
    "Pod": ("", "v1"),
    "ObjectMeta": ("", "v1"),
    "PersistentVolume": ("", "v1"),
    "Deployment": ("apps", "v1"),
    "Lease": ("coordination.k8s.io", "v1"),
    "CustomResourceDefinition": ("apiextensions.k8s.io", "v1"),
}


def answers(name):
    return [json.loads(line) for line in (HERE / name).read_text().rstrip("\n").split("\n")]


@cache
def built_in(kind):
    components = data.components(*KINDS[kind])
    name = next(name for name in components if name.endswith(f".{kind}"))
    return type_of({"$ref": f"#/components/schemas/{name}"}, components)


def custom(spec=None, **root):
    """Returns the type of a custom kind whose spec has these properties."""
    properties = {"spec": {"type": "object", "properties": spec or {}}, **root}
    return custom_type({"type": "object", "properties": properties}, built_in("ObjectMeta"))


def custom_object(**spec):
    header = {"apiVersion": f"{GROUP}/v1", "kind": "Xxx", "metadata": {"name": "s-x"}}
    return {**header, "spec": spec}
