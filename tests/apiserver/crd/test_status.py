"""Tests the status of resource definitions; the expected statuses are those of a real server."""

from __future__ import annotations

from typing import Any

import pytest

from kuscia_conformance.apiserver.crd import default_definition, prepare_definition, status_of
from kuscia_conformance.kube.objects import Obj, condition_of
from tests.apiserver.crd.cases import definition

NOW = "2026-11-24T13:22:39Z"
LATER = "2026-11-24T14:00:00Z"


def made(plural: str, kind: str, group: str = "embedded.example.com", **names: Any) -> Obj:
    spec = {"group": group, "names": {"plural": plural, "kind": kind, **names}}
    obj = definition(spec=spec, metadata={"name": f"{plural}.{group}"})
    default_definition(obj)
    prepare_definition(obj)
    return obj


def with_status(obj: Obj, *others: Obj, now: str = NOW) -> Obj:
    return {**obj, "status": status_of(obj, others, now)}


THINGS = with_status(made("things", "Thing", shortNames=["th"], categories=["all"]))
ACCEPTED = {
    "type": "NamesAccepted",
    "status": "True",
    "lastTransitionTime": NOW,
    "reason": "NoConflicts",
    "message": "no conflicts found",
}
ESTABLISHED = {
    "type": "Established",
    "status": "True",
    "lastTransitionTime": NOW,
    "reason": "InitialNamesAccepted",
    "message": "the initial names have been accepted",
}


def test_a_definition_whose_names_are_free_is_established():
    assert THINGS["status"] == {
        "conditions": [ACCEPTED, ESTABLISHED],
        "acceptedNames": {
            "plural": "things",
            "singular": "thing",
            "shortNames": ["th"],
            "kind": "Thing",
            "listKind": "ThingList",
            "categories": ["all"],
        },
        "storedVersions": ["v1"],
    }


@pytest.mark.parametrize(
    ("other", "reason", "message", "accepted"),
    [
        (
            made("others", "Thing", singular="other"),
            "ListKindConflict",
            '"ThingList" is already in use',
            {"plural": "others", "singular": "other", "kind": ""},
        ),
        (
            made("others", "Other", shortNames=["th", "things", "oo"]),
            "ShortNamesConflict",
            '["th" is already in use, "things" is already in use]',
            {"plural": "others", "singular": "other", "kind": "Other", "listKind": "OtherList"},
        ),
        (
            made("th", "Other", singular="things", shortNames=["thing"]),
            "ShortNamesConflict",
            '"thing" is already in use',
            {"plural": "", "kind": "Other", "listKind": "OtherList"},
        ),
        (
            made("others", "ThingList", singular="other", listKind="Others"),
            "KindConflict",
            '"ThingList" is already in use',
            {"plural": "others", "singular": "other", "kind": "", "listKind": "Others"},
        ),
    ],
)
def test_a_definition_with_a_name_in_use_is_not_established(other, reason, message, accepted):
    status = status_of(other, [THINGS], NOW)
    assert status["acceptedNames"] == accepted
    assert status["conditions"] == [
        {**ACCEPTED, "status": "False", "reason": reason, "message": message},
        {
            **ESTABLISHED,
            "status": "False",
            "reason": "NotAccepted",
            "message": "not all names are accepted",
        },
    ]


def test_the_same_names_may_be_used_in_another_group():
    other = made("things", "Thing", group="other.example.com")
    assert status_of(other, [THINGS], NOW)["conditions"] == [ACCEPTED, ESTABLISHED]


def test_a_definition_does_not_conflict_with_itself():
    assert status_of(THINGS, [THINGS], NOW) == THINGS["status"]


def test_a_short_name_may_equal_the_plural_of_its_own_definition():
    other = made("others", "Other", shortNames=["others"])
    assert status_of(other, [THINGS], NOW)["conditions"] == [ACCEPTED, ESTABLISHED]


def test_a_name_that_has_become_free_is_accepted_later():
    other = made("others", "Other", shortNames=["th"])
    refused = with_status(other, THINGS)
    status = status_of(refused, [], LATER)
    assert status["acceptedNames"]["shortNames"] == ["th"]
    assert [each["lastTransitionTime"] for each in status["conditions"]] == [LATER, LATER]


def test_an_established_definition_stays_established_after_a_conflict():
    names = {**THINGS["spec"]["names"], "shortNames": ["th", "oo"]}
    changed = {**THINGS, "spec": {**THINGS["spec"], "names": names}}
    rival = with_status(made("others", "Other", shortNames=["oo"]))
    status = status_of(changed, [rival], LATER)
    accepted, established = status["conditions"]
    assert (accepted["status"], accepted["lastTransitionTime"]) == ("False", LATER)
    assert established == ESTABLISHED
    assert status["acceptedNames"] == THINGS["status"]["acceptedNames"]


def test_a_name_removed_from_a_definition_is_no_longer_accepted():
    names = {key: value for key, value in THINGS["spec"]["names"].items() if key != "shortNames"}
    changed = {**THINGS, "spec": {**THINGS["spec"], "names": names}}
    assert "shortNames" not in status_of(changed, [], NOW)["acceptedNames"]


@pytest.mark.parametrize(
    ("annotation", "status", "reason", "message"),
    [
        ("unapproved, test", "False", "UnapprovedAnnotation", 'not approved: "unapproved, test"'),
        ("https://x/pull/1", "True", "ApprovedAnnotation", "approved in https://x/pull/1"),
    ],
)
def test_a_definition_in_a_k8s_io_group_has_an_approval_condition(
    annotation, status, reason, message
):
    obj = made("things", "Thing", group="embedded.k8s.io")
    obj["metadata"]["annotations"] = {"api-approved.kubernetes.io": annotation}
    assert condition_of(with_status(obj), "KubernetesAPIApprovalPolicyConformant") == {
        "type": "KubernetesAPIApprovalPolicyConformant",
        "status": status,
        "lastTransitionTime": NOW,
        "reason": reason,
        "message": message,
    }
