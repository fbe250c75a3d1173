"""Tests the names of pods, services, config maps and task resources."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_controller.kuscia_task import naming
from reference_controller.kuscia_task.configuration import rendered_name
from reference_controller.names import task_resource_name


@pytest.mark.parametrize(
    ("pod", "port", "name"),
    [
        ("secretflow-task-psi-0", "fed", "secretflow-task-psi-0-fed"),
        ("123-456-789", "domain", "svc-123-456-789-domain"),
        ("psi-", "-fed", "psi-fed"),
        (
            "abc-012345678-012345678-012345678-012345678-012345678-01",
            "domain",
            "abc-012345678-012345678-012345678-012345678-012345678-01-domain",
        ),
        (
            "abc-012345678-012345678-012345678-012345678-012345678-012",
            "domain",
            "svc-abc-012345678-012345678-012345678-0-8b65e42a1eb3afbb-domain",
        ),
    ],
)
def test_services_have_the_names_of_the_original_controller(pod, port, name):
    assert naming.service_name(pod, port) == name


def test_a_dot_in_a_task_name_is_replaced_in_a_service_name():
    name = naming.service_name("with.dots-0", "fed")
    assert name.startswith("svc-with-dots-0-")
    assert name.endswith("-fed")


def test_pod_names_contain_the_role_and_the_index():
    assert naming.pod_names("psi", "", "", 2) == ("psi-0", "psi-1")
    assert naming.pod_names("psi", "Host", "host", 1) == ("psi-host-0",)


@pytest.mark.parametrize(
    ("parties", "slugs"),
    [
        ([("alice", "Host"), ("bob", "guest")], ["host", "guest"]),
        ([("alice", "Host"), ("bob", "host")], ["host", "host"]),
        ([("alice", "with_underscore")], ["with-underscore"]),
        ([("alice", "host"), ("alice", "Host")], ["host", "host-4a8231"]),
    ],
)
def test_roles_are_lower_cased_and_stay_unique_in_their_domain(parties, slugs):
    found = naming.role_slugs([{"domainID": d, "role": r} for d, r in parties])
    assert found == slugs


def test_a_role_without_ascii_letters_becomes_a_hash():
    [slug] = naming.role_slugs([{"domainID": "alice", "role": "甲方"}])
    assert len(slug) == 6
    assert slug.isalnum()


UID = "1" * 36


@pytest.mark.parametrize(
    ("role", "identity"),
    [("", f"{UID}-0"), ("Host", f"{UID}-Host-0"), ("r" * 24, f"{UID}-{'r' * 24}-0")],
)
def test_a_pod_is_identified_by_task_role_and_index(role, identity):
    assert naming.pod_identity(UID, role, 0) == identity


@pytest.mark.parametrize("role", ["r" * 25, "two words", "甲方"])
def test_a_pod_identity_is_always_a_valid_label_value(role):
    identity = naming.pod_identity(UID, role, 10)
    assert len(identity) <= 63
    assert naming.label_value(identity) == identity


SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
SERVICE = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
TASKS = st.from_regex(SUBDOMAIN, fullmatch=True).map(lambda name: name * (253 // len(name)))


@given(task=TASKS, role=st.text(max_size=300), port=st.from_regex(r"[a-z]{1,15}", fullmatch=True))
def test_any_task_name_leads_to_valid_and_unique_object_names(task, role, port):
    [slug] = naming.role_slugs([{"domainID": "alice", "role": role}])
    pods = naming.pod_names(task, role, slug, 12)
    maps = [rendered_name(pod) for pod in pods]
    services = [naming.service_name(pod, port) for pod in pods]
    resources = [task_resource_name(task, UID, domain, role) for domain in ("alice", "bob")]
    for made, valid, longest in (
        (pods, SUBDOMAIN, 253),
        (maps, SUBDOMAIN, 253),
        (services, SERVICE, 63),
        (resources, SUBDOMAIN, 253),
    ):
        assert len(set(made)) == len(made)
        for name in made:
            assert valid.fullmatch(name)
            assert len(name) <= longest


def test_a_pod_name_is_shortened_only_if_it_is_too_long():
    assert naming.pod_names("t" * 251, "", "", 1) == (f"{'t' * 251}-0",)
    [name] = naming.pod_names("t" * 252, "", "", 1)
    assert name.startswith("t" * 236 + "-")
    assert len(name) == 253
