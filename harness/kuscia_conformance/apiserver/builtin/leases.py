"""Leases: the validation of their numbers."""

from __future__ import annotations

from collections.abc import Iterator

from kuscia_conformance.apiserver.apimachinery.kinds import Context, Strategy
from kuscia_conformance.apiserver.apimachinery.status_errors import FieldError, invalid_value
from kuscia_conformance.kube.objects import Obj


class LeaseStrategy(Strategy):
    """The strategy of Leases."""

    counts_generations = False

    def default(self, obj: Obj, _context: Context) -> None:
        spec = obj.setdefault("spec", {})
        # Both fields belong to coordinated leader election, a feature that is switched off.
        spec.pop("strategy", None)
        spec.pop("preferredHolder", None)

    def validate(self, obj: Obj, _old: Obj | None, _sub: str) -> list[FieldError]:
        return list(_numbers(obj["spec"]))


def _numbers(spec: Obj) -> Iterator[FieldError]:
    duration, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if duration is not None and duration <= 0:
        yield invalid_value("spec.leaseDurationSeconds", duration, "must be greater than 0")
    if transitions is not None and transitions < 0:
        said = "must be greater than or equal to 0"
        yield invalid_value("spec.leaseTransitions", transitions, said)
