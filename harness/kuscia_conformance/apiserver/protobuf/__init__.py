"""Reads bodies in Kubernetes' protobuf, which some clients use to write built-in kinds.

Comes in: bytes. Goes out: an object, or a StatusError. It must not know how the object is used.

    body       the whole body: magic bytes, envelope, object; and the errors for malformed bodies
    messages   builds a `wire.Message` for each Go type from data, when it is first needed
    wire       reads the bytes of a message
    values     scalars, and types with a JSON form of their own (times, quantities, …)

Nothing is written in protobuf: clients that write it also accept JSON answers. The data are made
from the tags of Kubernetes' Go types by `tests/apiserver/regenerate_protobuf.py`.
"""

from kuscia_conformance.apiserver.protobuf.body import decode

__all__ = ["decode"]
