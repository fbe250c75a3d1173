"""Whether a write changes anything. One that does not is answered, but neither stored nor seen."""

from __future__ import annotations

from kuscia_conformance.apiserver.patch.values import are_equal
from kuscia_conformance.kube.objects import Obj


def is_same(old: Obj, new: Obj) -> bool:
    """Whether there is nothing to store: when it was managed last is no change of its own."""
    return are_equal(_compared(old), _compared(new))


def _compared(obj: Obj) -> Obj:
    metadata = {**obj.get("metadata", {})}
    metadata.pop("resourceVersion", None)
    if managed := metadata.get("managedFields"):
        metadata["managedFields"] = [{**entry, "time": None} for entry in managed]
    return {**obj, "metadata": metadata}
