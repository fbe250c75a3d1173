"""What a decision may do, as plain data. `perform.py` carries it out.

Every action may be repeated: what is there already, or gone already, is success.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuscia_conformance.kube.objects import Obj, Resource


@dataclass(frozen=True)
class Create:
    """Create the object, unless one of that name, made for the same owner, exists already."""

    resource: Resource
    object: Obj


@dataclass(frozen=True)
class PatchStatus:
    """Make the status of the object that was seen read so; a newer version of it is a conflict."""

    resource: Resource
    seen: Obj
    status: Obj


@dataclass(frozen=True)
class Patch:
    """A merge patch of the object that was seen; a newer version of it is a conflict."""

    resource: Resource
    seen: Obj
    patch: Obj


@dataclass(frozen=True)
class Delete:
    """Delete the very object that was seen."""

    resource: Resource
    seen: Obj


@dataclass(frozen=True)
class Bind:
    """Give the pod its node, through the Binding subresource."""

    pod: Obj
    node: str


Action = Create | PatchStatus | Patch | Delete | Bind
