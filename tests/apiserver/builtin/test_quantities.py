"""Tests the values of quantities and their canonical form; `questions/` has many more of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kuscia_conformance.apiserver.apimachinery.quantities import (
    LARGEST_EXPONENT,
    QuantityError,
    parsed,
)
from kuscia_conformance.apiserver.builtin.quantities import round_up
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.given import CONFIGMAPS, told

PODS = CONFIGMAPS.replace("configmaps", "pods")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1000m", "1"), ("1.50", "1500m"), ("0.0001", "1m"), ("0.5", "500m"), ("0", "0"),
        ("1000", "1k"), ("1500", "1500"), ("100", "100"), ("1E", "1E"), ("12000P", "12E"),
        ("1024Mi", "1Gi"), ("1536Mi", "1536Mi"), ("1.5Gi", "1536Mi"), ("0.5Ki", "512"),
        ("1e3", "1e3"), ("1000e3", "1e6"), ("-1", "-1"), ("+2", "+2"),
    ],
)  # fmt: skip
def test_each_quantity_has_one_canonical_form(written: str, kept: str) -> None:
    assert parsed(written).rounded_up().text == kept
    assert parsed(kept).rounded_up().text == kept


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("abc", "regular expression"), ("", "regular expression"), ("1x", "regular expression"),
        ("1.2.3", "regular expression"), ("1KiB", "regular expression"), ("1e", "suffix"),
        (f"1e{LARGEST_EXPONENT + 1}", "numeric part"), ("1e-99999999999999999999", "numeric part"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_a_quantity_is_refused(text: str, why: str) -> None:
    with pytest.raises(QuantityError, match=why):
        parsed(text)


@pytest.mark.parametrize("digits", [29, 400, 5_000, 1_000_000])
def test_a_quantity_may_have_any_number_of_digits(digits: int) -> None:
    assert parsed("9" * digits).value == Decimal("9" * digits)
    assert parsed(f"0.{'0' * digits}1").text == "1n"


def test_resource_lists_are_rounded_up_to_thousandths() -> None:
    resources: Obj = {"cpu": "1.0001", "memory": "1000"}
    round_up(resources)
    assert resources == {"cpu": "1001m", "memory": "1k"}


def test_quantities_written_as_numbers_become_strings(cluster) -> None:
    container = {"name": "a", "image": "a", "resources": {"requests": {"cpu": 1.5, "memory": 1000}}}
    pod = {"metadata": {"name": "a"}, "spec": {"containers": [container]}}
    made = told(cluster.ask("POST", PODS, pod), 201)
    requests = made["spec"]["containers"][0]["resources"]["requests"]
    assert requests == {"cpu": "1500m", "memory": "1k"}
