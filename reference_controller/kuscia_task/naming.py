"""Names and label values that are derived from a task's name, its parties' roles and its ports.

Where the plain text is too long or has characters that Kubernetes does not accept, a hash makes a
name that is valid and still unique.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from kuscia_conformance.kube.objects import Obj

_DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
#: The greatest length of a name that is a DNS subdomain.
_LONGEST = 253
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")


def pod_names(task: str, role: str, slug: str, replicas: int) -> tuple[str, ...]:
    """Returns `<task>-<i>`, or `<task>-<slug>-<i>` for a party with a role (KT-122)."""
    stem = f"{task}-{slug}" if role else task
    return tuple(object_name(f"{stem}-{index}") for index in range(replicas))


def object_name(name: str) -> str:
    """Returns the name; one that is too long is cut and ends in a hash of the whole name."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 17].rstrip('-.')}-{_hash(name, 16)}"


def role_slugs(parties: Sequence[Obj]) -> list[str]:
    """Returns for each party the part of its pods' names that stands for its role.

    A role is free text (CR-05), but the name of a pod is not. So the role is written in lower case,
    with `-` for other characters. If two roles of a domain then become the same, each gets a hash,
    except a role that was not changed. So the results are unique within a domain.
    """
    plain = [(party["domainID"], _slug(party.get("role", ""))) for party in parties]
    return [
        slug if slug == role or plain.count((domain, slug)) == 1 else f"{slug}-{_hash(role, 6)}"
        for (domain, slug), role in zip(plain, (p.get("role", "") for p in parties), strict=True)
    ]


def _slug(role: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", role.lower()).strip("-") or _hash(role, 6)


def pod_identity(task_uid: str, role: str, index: int) -> str:
    """Returns the label value by which a service selects its one pod (kusciatask.md KT-130)."""
    plain = "-".join((task_uid, *([role] if role else []), str(index)))
    return label_value(plain, f"{task_uid}-{_hash(role, 16)}-{index}")


def label_value(value: str, otherwise: str = "") -> str:
    """Returns `value` if it is a valid label value, else `otherwise`."""
    fits = len(value) <= 63 and _LABEL_VALUE.fullmatch(value)
    return value if fits else otherwise


def service_name(pod: str, port: str) -> str:
    """Returns `<pod>-<port>`, or a name derived from it if a service cannot have it (KT-141)."""
    pod, port = pod.strip("-"), port.strip("-")
    name = f"{pod}-{port}"
    if name[0].isdigit():
        name = f"svc-{name}"
    if len(name) <= 63 and _DNS_1035.fullmatch(name):
        return name
    stem = re.sub(r"[^-a-z0-9]", "-", pod[: 41 - len(port)])
    return f"svc-{stem}-{_hash(pod, 16)}-{port}"


def _hash(text: str, digits: int) -> str:
    return sha256(text.encode()).hexdigest()[:digits]
