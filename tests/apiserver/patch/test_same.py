"""Tests the check whether a write changes an object."""

import copy

import pytest

from kuscia_conformance.apiserver.patch import is_same
from kuscia_conformance.kube.objects import Obj

MANAGED = {"manager": "m", "operation": "Update", "time": "2026-01-01T00:00:00Z"}
OBJECT: Obj = {
    "metadata": {"name": "x", "resourceVersion": "5", "managedFields": [MANAGED]},
    "spec": {"a": 1, "b": [True]},
}


def changed(**metadata):
    return {**OBJECT, "metadata": {**OBJECT["metadata"], **metadata}}


@pytest.mark.parametrize(
    "new",
    [
        changed(),
        changed(resourceVersion="6"),
        changed(managedFields=[{**MANAGED, "time": "2027-01-01T00:00:00Z"}]),
        {"spec": {"b": [True], "a": 1}, "metadata": OBJECT["metadata"]},
    ],
)
def test_objects_that_differ_only_in_version_or_times_are_the_same(new):
    assert is_same(OBJECT, new)


@pytest.mark.parametrize(
    "new",
    [
        changed(labels={}),
        changed(managedFields=[{**MANAGED, "manager": "other"}]),
        changed(managedFields=[]),
        {**OBJECT, "spec": {"a": True, "b": [True]}},
        {**OBJECT, "spec": {"a": 1, "b": [1]}},
        {**OBJECT, "spec": {"a": 1}},
    ],
)
def test_objects_that_differ_in_content_are_not_the_same(new):
    assert not is_same(OBJECT, new)


def test_comparing_two_objects_changes_neither():
    old, new = copy.deepcopy(OBJECT), copy.deepcopy(OBJECT)
    is_same(old, new)
    assert old == new == OBJECT
