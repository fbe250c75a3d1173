"""Tests the sentences of features about tasks and domains."""

import re

import pytest

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.features.tasks import Task, make_task, names_in, schedule_from
from kuscia_conformance.steps.cluster import DOMAINS


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("", {}),
        ("lives for 22 s", {"lifecycleSeconds": 22}),
        (
            "holds for 3 s, retries after 5 s and lives for 22 s",
            {"resourceReservedSeconds": 3, "retryIntervalSeconds": 5, "lifecycleSeconds": 22},
        ),
        ("needs 1 party", {"minReservedMembers": 1}),
    ],
)
def test_the_words_of_a_feature_set_the_schedule(words, schedule):
    assert schedule_from(words) == schedule


def test_unknown_words_of_a_schedule_are_refused_with_the_valid_ones():
    with pytest.raises(FeatureError, match=r"waits for 3 s") as error:
        schedule_from("waits for 3 s")
    assert "holds for N s" in error.value.hint


@pytest.mark.parametrize("words", ["alice, bob and carol", "alice and bob and carol"])
def test_names_in_a_sentence_are_split_at_commas_and_and(words):
    assert names_in(words) == ["alice", "bob", "carol"]


@pytest.mark.parametrize(
    ("text", "domains", "room"),
    [
        ("the domain alice", "alice", None),
        ("the domain alice with room for no pod", "alice", "no"),
        ("the domains alice and bob, each with room for 1 pod", "alice and bob", "1"),
        (
            "the domains alice, bob and carol, each with room for 2 pods",
            "alice, bob and carol",
            "2",
        ),
    ],
)
def test_the_pattern_of_domains_finds_their_names_and_room(text, domains, room):
    match = re.fullmatch(DOMAINS, text)
    assert match is not None
    assert (match["domains"], match["room"]) == (domains, room)


def test_a_task_has_a_party_for_each_domain():
    task = make_task("psi", ["alice", "bob"], {})
    assert task.domains == ["alice", "bob"]
    assert task.key == "cross-domain/psi"
    assert "scheduleConfig" not in task.manifest["spec"]


@pytest.mark.parametrize(
    ("manifest", "domains"),
    [
        (
            {"kind": "TaskResourceGroup", "spec": {"parties": [{"domainID": "bob"}]}},
            ["bob"],
        ),
        ({"kind": "TaskResource", "metadata": {"namespace": "alice"}, "spec": {}}, ["alice"]),
    ],
)
def test_the_domains_of_groups_and_task_resources_are_found(manifest, domains):
    assert Task("psi", manifest).domains == domains
