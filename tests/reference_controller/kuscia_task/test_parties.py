"""Tests the plan of a task: parties, pods, ports and minimums."""

import pytest

from reference_controller.kuscia_task.parties import build_kits, min_reserved_members
from reference_controller.kuscia_task.reasons import Missing, Reason, Wrong
from tests.reference_controller.kuscia_task.given import app_image, container, party, task

DOMAINS = {"alice", "bob"}


def kits(*parties, image=None, **spec):
    images = {"image": image or app_image()}
    return build_kits(task(*parties, **spec), images, DOMAINS)


def test_every_party_gets_its_pods_in_the_order_of_the_spec():
    found = kits(party("bob", "Guest", template={"replicas": 2}), party("alice"))
    assert [(kit.domain, kit.pods) for kit in found] == [
        ("bob", ("psi-guest-0", "psi-guest-1")),
        ("alice", ("psi-0",)),
    ]


def test_the_replicas_of_a_party_override_those_of_the_template():
    image = app_image(templates=[{"replicas": 3, "spec": {"containers": [container()]}}])
    own, default = kits(party("alice", template={"replicas": 2}), party("bob"), image=image)
    assert (len(own.pods), len(default.pods)) == (2, 3)


def test_of_two_parties_with_one_domain_and_role_the_later_is_used():
    [kit] = kits(party("alice"), party("alice", template={"replicas": 2}))
    assert len(kit.pods) == 2


def test_one_domain_may_have_two_roles():
    found = kits(party("alice", "host"), party("alice", "guest"))
    assert [kit.pods for kit in found] == [("psi-host-0",), ("psi-guest-0",)]


def test_ports_without_number_or_scope_take_their_defaults():
    image = app_image(
        templates=[{"spec": {"containers": [container(ports=[{"name": "a", "port": 0}])]}}]
    )
    [kit] = kits(party("alice"), image=image)
    [port] = kit.ports
    assert (port.number, port.protocol, port.scope, port.has_service) == (
        None,
        "HTTP",
        "Local",
        False,
    )


@pytest.mark.parametrize(("asked", "counts"), [(None, 2), (0, 2), (-1, 2), (1, 1), (5, 5)])
def test_min_reserved_pods_defaults_to_all(asked, counts):
    [kit] = kits(party("alice", template={"replicas": 2}, minReservedPods=asked))
    assert kit.min_reserved_pods == counts


@pytest.mark.parametrize(("asked", "counts"), [(None, 2), (1, 1), (2, 2)])
def test_min_reserved_members_defaults_to_all(asked, counts):
    assert min_reserved_members(task(scheduleConfig={"minReservedMembers": asked})) == counts


TWICE = [container(ports=[{"name": "a"}]), container("other", ports=[{"name": "a"}])]


@pytest.mark.parametrize(
    ("given", "kind", "reason", "names"),
    [
        ({"image": app_image("other")}, Missing, Reason.APP_IMAGE_NOT_FOUND, '"image"'),
        ({"parties": [party("nobody")]}, Missing, Reason.NAMESPACE_NOT_FOUND, '"nobody"'),
        ({"parties": []}, Wrong, Reason.INVALID_SPEC, "no parties"),
        (
            {"scheduleConfig": {"minReservedMembers": 3}},
            Wrong,
            Reason.INVALID_SPEC,
            "minReservedMembers is 3, but the task has 2 parties",
        ),
        (
            {"parties": [party("alice", template={"replicas": -1})]},
            Wrong,
            Reason.INVALID_SPEC,
            "-1 replicas",
        ),
        (
            {
                "parties": [party("alice", "guest")],
                "image": app_image(templates=[{"role": "host", "spec": {"containers": []}}]),
            },
            Wrong,
            Reason.INVALID_APP_IMAGE,
            'no deploy template for role "guest" of party alice',
        ),
        (
            {"image": app_image(templates=[{"spec": {"containers": TWICE}}])},
            Wrong,
            Reason.INVALID_APP_IMAGE,
            'two ports "a"',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_task_that_cannot_be_planned_is_refused_with_a_reason(given, kind, reason, names):
    image = given.pop("image", app_image())
    with pytest.raises(kind) as raised:
        build_kits(task(**given), {image["metadata"]["name"]: image}, DOMAINS)
    assert raised.value.reason == reason
    assert names in raised.value.message
