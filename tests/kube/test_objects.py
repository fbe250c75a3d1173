"""Tests the helpers for Kubernetes objects: quantities, paths, keys, conditions, times."""

from decimal import Decimal

import pytest

from kuscia_conformance.kube.kuscia import KUSCIA_TASKS, resource_of
from kuscia_conformance.kube.objects import (
    NODES,
    PODS,
    condition_of,
    key_of,
    quantity,
    time_from,
    time_text,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100m", "0.1"),
        ("2", "2"),
        (2, "2"),
        ("0.5", "0.5"),
        ("1e3", "1000"),
        ("12E", "12000000000000000000"),
        ("264212084Ki", "270553174016"),
        ("64Gi", "68719476736"),
        ("1k", "1000"),
        ("-1Mi", "-1048576"),
        ("3n", "0.000000003"),
    ],
)
def test_quantities_are_parsed_as_decimal_numbers(text, number):
    assert quantity(text) == Decimal(number)


def test_each_resource_builds_its_api_paths():
    assert PODS.path("alice", "a-0", "log") == "/api/v1/namespaces/alice/pods/a-0/log"
    assert PODS.path() == "/api/v1/pods"
    assert NODES.path("alice", "n") == "/api/v1/nodes/n"
    assert KUSCIA_TASKS.path("x") == "/apis/kuscia.secretflow/v1alpha1/namespaces/x/kusciatasks"


def test_the_resource_of_a_manifest_is_found_by_version_and_kind():
    assert resource_of({"apiVersion": "v1", "kind": "Pod"}) is PODS
    assert resource_of({"apiVersion": "v2", "kind": "Pod"}) is None


def test_keys_and_conditions_of_objects_are_found():
    pod = {
        "metadata": {"name": "a"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }
    assert key_of(pod) == "a"
    assert key_of({"metadata": {"name": "a", "namespace": "b"}}) == "b/a"
    assert condition_of(pod, "Ready") == {"type": "Ready", "status": "True"}
    assert condition_of(pod, "Other") is None


def test_times_are_converted_to_utc_in_whole_seconds():
    assert time_text(time_from("2024-01-01T10:00:00.9+02:00")) == "2024-01-01T08:00:00Z"
