"""The approval of CustomResourceDefinitions in Kubernetes' own groups.

These groups are `*.k8s.io` and `*.kubernetes.io`. A definition there must have an annotation with
the URL of its approval, or a text that starts with "unapproved" (see
https://github.com/kubernetes/enhancements/pull/1111).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from kuscia_conformance.apiserver.apimachinery.status_errors import (
    FieldError,
    invalid_value,
    required,
)
from kuscia_conformance.kube.objects import Obj, annotations_of

ANNOTATION = "api-approved.kubernetes.io"
_WHERE = f'protected groups must have approval annotation "{ANNOTATION}"'
_SEE = "see https://github.com/kubernetes/enhancements/pull/1111"


def approval_causes(obj: Obj) -> list[FieldError]:
    """Returns the error if the definition needs the annotation and has none, or a wrong one."""
    path = f"metadata.annotations[{ANNOTATION}]"
    text = annotations_of(obj).get(ANNOTATION)
    if not _is_protected(obj["spec"].get("group") or ""):
        return []
    if not text:
        return [required(path, f"{_WHERE}, {_SEE}")]
    if _is_unapproved(text) or _is_url(text):
        return []
    forms = 'with either a URL or a reason starting with "unapproved"'
    return [invalid_value(path, text, f"{_WHERE} {forms}, {_SEE}")]


def approval_condition(obj: Obj) -> list[Obj]:
    """Returns the status condition about the approval, in a list.

    The list is empty if the definition's group needs no approval.
    """
    text = annotations_of(obj).get(ANNOTATION, "")
    if not _is_protected(obj["spec"]["group"]):
        return []
    kind = {"type": "KubernetesAPIApprovalPolicyConformant"}
    if _is_unapproved(text):
        reason, message = "UnapprovedAnnotation", f'not approved: "{text}"'
        return [{**kind, "status": "False", "reason": reason, "message": message}]
    reason, message = "ApprovedAnnotation", f"approved in {text}"
    return [{**kind, "status": "True", "reason": reason, "message": message}]


def _is_protected(group: str) -> bool:
    owned = ("k8s.io", "kubernetes.io")
    return group in owned or group.endswith(tuple(f".{domain}" for domain in owned))


def _is_unapproved(text: str) -> bool:
    return text.startswith("unapproved")


def _is_url(text: str) -> bool:
    url = urlsplit(text)
    return bool(url.scheme and url.netloc)
