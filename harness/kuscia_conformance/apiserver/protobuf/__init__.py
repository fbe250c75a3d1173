"""Bodies in Kubernetes' protobuf, for clients that write built-in kinds in no other way.

Comes in: bytes. Goes out: an object, or a StatusError. It must not know what becomes of the object.

Only reading: all of these clients read JSON. What a kind's message holds is data, made from the
Go types' tags (`tests/apiserver/regenerate_protobuf.py`).

`body` is the whole body, with the envelope around the object, and what is said of one that is
malformed. `messages` turns the data into `wire.Message`s, each when it is first met; `wire` reads
bytes by them; `values` are the scalars, and the types that have a JSON of their own.
"""

from kuscia_conformance.apiserver.protobuf.body import decode

__all__ = ["decode"]
