"""Creating, changing and deleting objects: what all kinds have in common.

Comes in: a target, an object or a patch, and options. Goes out: what was written, or a StatusError.
`decoding` and `options` read a request. `create`, `update`, `patch`, `apply` and `delete` are the
verbs, functions of a `Writer`; they check the body by `identity` and `bodies`, and what a
subresource may write by `status_strategy`. The room must not know which form the client wants the
answer in.
"""

from kuscia_conformance.apiserver.writes.apply import apply
from kuscia_conformance.apiserver.writes.create import create
from kuscia_conformance.apiserver.writes.delete import delete
from kuscia_conformance.apiserver.writes.patch import patch
from kuscia_conformance.apiserver.writes.update import replace, update

__all__ = ["apply", "create", "delete", "patch", "replace", "update"]
