"""Quantities in Kubernetes' own kinds: the values that are compared, and resource lists."""

from __future__ import annotations

from decimal import Decimal

from kuscia_conformance.apiserver.apimachinery.quantities import parsed
from kuscia_conformance.kube.objects import Obj


def number(text: str) -> Decimal:
    """Returns the value of a quantity; raises QuantityError if the text is not a quantity."""
    return parsed(text).value


def round_up(resources: Obj) -> None:
    """Rounds limits, requests or a capacity up to thousandths.

    The quantities must be valid ones: they are checked when their types are.
    """
    for name, amount in resources.items():
        resources[name] = parsed(amount).rounded_up().text
