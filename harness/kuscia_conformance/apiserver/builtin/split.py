"""Base strategies, for kinds with a status subresource and for kinds without other rules.

`builtin.strategies` registers them for their kinds. The modules of some kinds inherit from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.kube.objects import Obj


class SplitStrategy(Strategy):
    """The strategy of a kind whose status is a subresource.

    An update of `/status` cannot change the spec; any other update cannot change the status.
    `status` is the status that a new object gets, whatever the client sends. If the status of a
    written object lacks one of its fields, the field is filled in. `counts_generations` says
    whether metadata.generation counts the changes of the spec.
    """

    def __init__(self, status: Mapping[str, Any], counts_generations: bool = True) -> None:
        self._status = status
        self.counts_generations = counts_generations

    def default(self, obj: Obj, _context: Context) -> None:
        obj["status"] = {**self._status, **(obj.get("status") or {})}

    def prepare_create(self, obj: Obj, _context: Context) -> None:
        obj["status"] = dict(self._status)

    def prepare_update(self, obj: Obj, old: Obj, sub: str, _context: Context) -> None:
        kept = "spec" if sub == "status" else "status"
        obj[kept] = old.get(kept, {})


class UncountedStrategy(Strategy):
    """The strategy of a kind without metadata.generation, otherwise like `Strategy`."""

    counts_generations = False
