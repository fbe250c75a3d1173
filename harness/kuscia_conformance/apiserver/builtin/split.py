"""Base strategies: for kinds with a status subresource, and for kinds without a generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.kube.objects import Obj


class SplitStrategy(Strategy):
    """The strategy of a kind whose status is a subresource.

    A write to `/status` changes the status only; any other write keeps the status. `status` is the
    status of a new object. Its fields are also the defaults of a status that lacks them.
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
    """The strategy of a kind without metadata.generation and without other rules."""

    counts_generations = False
