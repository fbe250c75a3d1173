"""Tests the allocation of port numbers."""

import pytest

from reference_controller.kuscia_task import ports
from reference_controller.kuscia_task.parties import build_kits
from reference_controller.kuscia_task.reasons import Missing
from tests.reference_controller.kuscia_task.given import app_image, party, task


def kits(*parties):
    return build_kits(task(*parties), {"image": app_image()}, {"alice", "bob"})


def numbers(*parties, taken=None, known=None, uid="u"):
    return ports.numbers(ports.allocate(uid, kits(*parties), taken or {}, known or {}))


def test_declared_numbers_are_used_and_the_others_come_from_the_range():
    found = numbers(party("alice"))
    assert found["alice", "psi-0/fed"] == 8080
    assert all(
        ports.FIRST <= found["alice", f"psi-0/{name}"] <= ports.LAST for name in ("global", "inner")
    )


def test_every_pod_of_a_domain_has_its_own_port_numbers():
    found = numbers(party("alice", "host", template={"replicas": 2}), party("alice", "guest"))
    allocated = [number for (_, name), number in found.items() if not name.endswith("fed")]
    assert len(set(allocated)) == len(allocated) == 6


def test_port_numbers_in_use_are_not_allocated():
    first = numbers(party("alice"))
    second = numbers(party("alice"), taken={"alice": set(first.values())})
    assert {number for number in first.values() if number != 8080}.isdisjoint(second.values())


def test_port_numbers_allocated_before_stay():
    first = numbers(party("alice"), uid="first")
    taken = {"alice": set(first.values())}
    assert numbers(party("alice"), uid="second", taken=taken, known=first) == first


def test_an_exhausted_port_range_is_reported():
    taken = {"alice": set(range(ports.FIRST, ports.LAST))}
    with pytest.raises(Missing, match="all 12767 ports of domain alice"):
        numbers(party("alice"), taken=taken)


def test_the_status_has_an_entry_per_party_even_without_ports():
    image = app_image(templates=[{"spec": {"containers": [{"name": "app"}]}}])
    found = build_kits(task(party("alice", "host")), {"image": image}, {"alice"})
    assert ports.allocate("u", found, {}, {}) == [{"domainID": "alice", "role": "host"}]
