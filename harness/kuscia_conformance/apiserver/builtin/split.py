"""Kinds whose status is a subresource, and kinds whose generations are not counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.kube.objects import Obj


class SplitStrategy(Strategy):
    """Spec and status are written apart; in the beginning there is a status of its own."""

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
    """Plain, but for metadata.generation, which it does not have."""

    counts_generations = False
