"""Tests the canonical form of quantities."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.builtin.quantities import canonical, canonical_resources
from kuscia_conformance.kube.objects import Obj

MILLI = Decimal("1e-3")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1000m", "1"), ("1.50", "1500m"), ("0.0001", "1m"), ("0.5", "500m"), ("0", "0"),
        ("1000", "1k"), ("1500", "1500"), ("100", "100"), ("1E", "1E"), ("12000P", "12E"),
        ("1024Mi", "1Gi"), ("1536Mi", "1536Mi"), ("1.5Gi", "1536Mi"), ("0.5Ki", "512"),
        ("1e3", "1e3"), ("1000e3", "1e6"), ("-1", "-1"), ("+2", "2"),
    ],
)  # fmt: skip
def test_each_quantity_has_one_canonical_form(written: str, kept: str) -> None:
    assert canonical(written, MILLI) == kept
    assert canonical(kept, MILLI) == kept


@pytest.mark.parametrize("text", ["abc", "", "1x", "1.2.3", "Ki", "1KiB"])
def test_a_text_that_is_not_a_quantity_is_a_bad_request(text: str) -> None:
    with pytest.raises(StatusError) as refused:
        canonical_resources({"cpu": text}, "Pod")
    assert refused.value.code == 400
    assert refused.value.message.startswith(
        'Pod in version "v1" cannot be handled as a Pod: quantities must match the regular '
    )


def test_quantities_written_as_numbers_become_strings() -> None:
    resources: Obj = {"cpu": 1.5, "memory": 1000}
    canonical_resources(resources, "Pod")
    assert resources == {"cpu": "1500m", "memory": "1k"}
