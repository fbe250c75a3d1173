"""The actions of a decision, as plain data. `perform.py` carries them out.

Every action may be repeated. Creating an object that exists already, or deleting one that is gone
already, is a success.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuscia_conformance.kube.objects import Obj, Resource


@dataclass(frozen=True)
class Create:
    """Creates the object, unless it exists already and was made for the same owner."""

    resource: Resource
    object: Obj


@dataclass(frozen=True)
class PatchStatus:
    """Gives the object this status. It is a conflict if the object has changed since `seen`."""

    resource: Resource
    seen: Obj
    status: Obj


@dataclass(frozen=True)
class Patch:
    """Sends a JSON merge patch. It is a conflict if the object has changed since `seen`."""

    resource: Resource
    seen: Obj
    patch: Obj


@dataclass(frozen=True)
class Delete:
    """Deletes the object that was seen, but not a later object of the same name."""

    resource: Resource
    seen: Obj


@dataclass(frozen=True)
class Bind:
    """Assigns the pod to the node, through the Binding subresource."""

    pod: Obj
    node: str


Action = Create | PatchStatus | Patch | Delete | Bind
