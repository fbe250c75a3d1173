"""Orders the versions of a group as Kubernetes does: v2, v1, v2beta1, v1beta1, v1alpha1, others."""

from __future__ import annotations

import re

VERSION = re.compile(r"v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?")
STABILITY = {None: 0, "beta": 1, "alpha": 2}


def version_order(version: str) -> tuple[int, int, int, str]:
    """Returns the sort key of a version; the preferred version comes first."""
    match = VERSION.fullmatch(version)
    if match is None:
        return (3, 0, 0, version)
    major, stability, minor = match.groups()
    return (STABILITY[stability], -int(major), -int(minor or 0), version)
