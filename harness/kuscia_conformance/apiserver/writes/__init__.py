"""Creating, changing and deleting objects: the part that is the same for all kinds.

Comes in: a target, an object or a patch, and options. Goes out: the written object, or a
StatusError.

    decoding, options                      read a request
    create, update, patch, apply, delete   the verbs, as functions of a `Writer`
    identity, bodies                       check a body
    status_strategy                        decides what a subresource may change
    writer                                 commits

This room must not know in which form the client wants the answer.
"""

from kuscia_conformance.apiserver.writes.apply import apply
from kuscia_conformance.apiserver.writes.create import create
from kuscia_conformance.apiserver.writes.delete import delete
from kuscia_conformance.apiserver.writes.patch import patch
from kuscia_conformance.apiserver.writes.update import replace, update

__all__ = ["apply", "create", "delete", "patch", "replace", "update"]
