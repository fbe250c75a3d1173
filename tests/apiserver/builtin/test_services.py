"""Tests services: their defaults, addresses and ports, and the changes that are allowed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.builtin import default_objects, strategies
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.builtin.making import NOW, causes_of, context, created, updated, with_metadata

SERVICES = ("", "services")


def service(name: str = "s", **spec: Any) -> Obj:
    return with_metadata("v1", "Service", name, spec={"ports": [{"port": 80}], **spec})


def test_fields_left_out_of_a_service_get_their_defaults() -> None:
    kept = created(SERVICES, {**service(), "status": {"loadBalancer": {"ingress": [{}]}}})
    address = kept["spec"]["clusterIP"]
    assert address.startswith("10.96.")
    assert kept["spec"] == {
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        "type": "ClusterIP",
        "clusterIP": address,
        "clusterIPs": [address],
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
    }
    assert kept["status"] == {"loadBalancer": {}}


def test_defaulting_a_service_twice_changes_nothing() -> None:
    once = created(SERVICES, service(type="LoadBalancer", sessionAffinity="ClientIP"))
    twice = copy.deepcopy(once)
    strategies()[SERVICES].default(twice, context())
    assert twice == once


def test_an_allocated_address_depends_on_the_seed_and_is_free() -> None:
    first = created(SERVICES, service())
    assert created(SERVICES, service())["spec"] == first["spec"]
    other = created(SERVICES, service("t"), context("services", [first]))
    assert other["spec"]["clusterIP"] != first["spec"]["clusterIP"]


@pytest.mark.parametrize(("selector", "families"), [({}, ["IPv4", "IPv6"]), ({"a": "b"}, ["IPv4"])])
def test_a_headless_service_has_no_address(selector: Obj, families: list[str]) -> None:
    spec = created(SERVICES, service(clusterIP="None", selector=selector))["spec"]
    assert (spec["clusterIP"], spec["clusterIPs"]) == ("None", ["None"])
    assert spec["ipFamilies"] == families


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("10.96.0.1", "provided IP is already allocated"),
        ("10.97.0.1", "the provided network does not match the current range"),
        ("10.96.0.0", "the provided network does not match the current range"),
    ],
)
def test_a_requested_cluster_ip_must_be_free_and_in_range(asked: str, why: str) -> None:
    taken = [obj for obj in default_objects(NOW) if obj["kind"] == "Service"]
    with pytest.raises(StatusError) as refused:
        created(SERVICES, service(clusterIP=asked), context("services", taken))
    said = f'spec.clusterIPs: Invalid value: ["{asked}"]: failed to allocate IP {asked}: {why}'
    assert refused.value.message == f'Service "s" is invalid: {said}'


def test_a_requested_cluster_ip_that_is_free_is_given() -> None:
    assert created(SERVICES, service(clusterIP="10.96.7.7"))["spec"]["clusterIPs"] == ["10.96.7.7"]


def test_a_node_port_that_is_taken_is_refused() -> None:
    first = created(SERVICES, service(type="NodePort"))
    number = first["spec"]["ports"][0]["nodePort"]
    assert 30000 <= number < 32768
    asked = service("t", type="NodePort", ports=[{"port": 1, "nodePort": number}])
    with pytest.raises(StatusError) as refused:
        created(SERVICES, asked, context("services", [first]))
    assert refused.value.message.endswith(f"{number}: provided port is already allocated")


def test_tcp_and_udp_of_one_port_share_a_node_port() -> None:
    ports = [{"name": "a", "port": 53}, {"name": "b", "port": 53, "protocol": "UDP"}]
    kept = created(SERVICES, service(type="NodePort", ports=ports))["spec"]["ports"]
    assert kept[0]["nodePort"] == kept[1]["nodePort"]


def test_a_node_port_outside_the_range_is_refused() -> None:
    with pytest.raises(StatusError) as refused:
        created(SERVICES, service(type="NodePort", ports=[{"port": 1, "nodePort": 80}]))
    said = "provided port is not in the valid range. The range of valid ports is 30000-32767"
    assert refused.value.message.endswith(said)


@pytest.mark.parametrize(
    ("spec", "causes"),
    [
        ({"ports": []}, ["spec.ports: Required value"]),
        (
            {"ports": [{"port": 1}, {"port": 2}]},
            ["spec.ports[0].name: Required value", "spec.ports[1].name: Required value"],
        ),
        (
            {"ports": [{"port": 1, "nodePort": 30000}]},
            ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
        ),
        (
            {"type": "x"},
            [
                (
                    'spec.type: Unsupported value: "x": supported values: "ClusterIP", '
                    '"ExternalName", "LoadBalancer", "NodePort"'
                )
            ],
        ),
        ({"type": "ExternalName"}, ["spec.externalName: Required value"]),
        (
            {"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.8"]},
            ['spec.clusterIPs: Invalid value: ["10.96.0.8"]: first value must match `clusterIP`'],
        ),
        (
            {"externalTrafficPolicy": "Local"},
            [
                (
                    'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for '
                    "externally-accessible services"
                )
            ],
        ),
        (
            {"ipFamilies": ["IPv6"]},
            ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
        ),
    ],
)
def test_an_invalid_service_is_refused_with_its_causes(spec: Obj, causes: list[str]) -> None:
    assert causes_of(SERVICES, service(**spec)) == causes


def without(old: Obj, *keys: str) -> Obj:
    return {**old, "spec": {k: v for k, v in old["spec"].items() if k not in keys}}


@pytest.mark.parametrize("keys", [("clusterIP", "clusterIPs"), ("clusterIPs",), ("ipFamilies",)])
def test_fields_that_an_update_of_a_service_leaves_out_stay(keys: tuple[str, ...]) -> None:
    old = created(SERVICES, service())
    assert updated(SERVICES, old, without(old, *keys)) == (old, [])


def test_the_cluster_ip_of_a_service_cannot_be_changed() -> None:
    old = created(SERVICES, service())
    new = {**old, "spec": {**old["spec"], "clusterIP": "10.96.1.1"}}
    said = 'spec.clusterIPs[0]: Invalid value: ["10.96.1.1"]: may not change once set'
    assert updated(SERVICES, old, new)[1] == [said]


def test_a_service_that_becomes_an_external_name_loses_its_address() -> None:
    old = created(SERVICES, service())
    new = {**old, "spec": {**old["spec"], "type": "ExternalName", "externalName": "a.b"}}
    kept, causes = updated(SERVICES, old, new)
    assert causes == []
    assert not kept["spec"].keys() & {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}


def test_node_ports_come_and_go_with_the_type_of_a_service() -> None:
    old = created(SERVICES, service())
    opened, _ = updated(SERVICES, old, {**old, "spec": {**old["spec"], "type": "NodePort"}})
    assert opened["spec"]["ports"][0]["nodePort"]
    again, _ = updated(SERVICES, opened, {**opened, "spec": {**old["spec"], "type": "NodePort"}})
    assert again == opened
    closed = {**opened, "spec": {**opened["spec"], "type": "ClusterIP"}}
    assert updated(SERVICES, opened, closed) == (old, [])


def test_only_the_status_subresource_writes_the_status_of_a_service() -> None:
    old = created(SERVICES, service(type="LoadBalancer"))
    status = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}
    assert updated(SERVICES, old, {**old, "status": status}) == (old, [])
    assert updated(SERVICES, old, {**old, "status": status}, "status")[0]["status"] == status
