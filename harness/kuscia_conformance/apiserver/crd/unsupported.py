"""Refuses CustomResourceDefinitions that use features of Kubernetes that this server does not have.

Without this check, objects of their kinds would not be validated or converted as on other clusters.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError, forbidden_field
from kuscia_conformance.apiserver.crd.walking import everywhere, schema_of
from kuscia_conformance.kube.objects import Obj

_INSTEAD = (
    "not supported by the embedded cluster: install this definition in another cluster "
    "(--cluster controlplane or --cluster kind)"
)


def unsupported_causes(spec: Obj) -> Iterator[FieldError]:
    """Yields an error for a conversion webhook, and for versions with rules in CEL."""
    if (spec.get("conversion") or {}).get("strategy") == "Webhook":
        yield forbidden_field("spec.conversion.strategy", f"conversion webhooks are {_INSTEAD}")
    for index, version in enumerate(spec.get("versions") or ()):
        path = f"spec.versions[{index}].schema.openAPIV3Schema"
        places = list(_with_rules(schema_of(version) or {}, path))
        if places:
            # One error for each version, because a definition with rules often has dozens.
            more = f" (also in {len(places) - 1} more places)" if len(places) > 1 else ""
            yield forbidden_field(places[0], f"validation rules in CEL are {_INSTEAD}{more}")


def _with_rules(schema: Obj, path: str) -> Iterator[str]:
    for where, each in everywhere(schema, path):
        if each.get("x-kubernetes-validations"):
            yield f"{where}.x-kubernetes-validations"
