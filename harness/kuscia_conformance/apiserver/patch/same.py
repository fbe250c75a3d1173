"""Checks whether a write changes anything.

If a write changes nothing, the caller stores nothing: the client gets the normal answer, and
watches get no event.
"""

from __future__ import annotations

from kuscia_conformance.apiserver.patch.values import are_equal
from kuscia_conformance.kube.objects import Obj


def is_same(old: Obj, new: Obj) -> bool:
    """Checks whether two versions of an object have the same contents.

    Their resourceVersion and the times in managedFields are not compared.
    """
    return are_equal(_compared(old), _compared(new))


def _compared(obj: Obj) -> Obj:
    metadata = {**obj.get("metadata", {})}
    metadata.pop("resourceVersion", None)
    if managed := metadata.get("managedFields"):
        metadata["managedFields"] = [{**entry, "time": None} for entry in managed]
    return {**obj, "metadata": metadata}
