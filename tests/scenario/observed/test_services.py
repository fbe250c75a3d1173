"""What a feature asks of services, and what a failure says."""

from dataclasses import replace

import pytest

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.kube.objects import SERVICES, namespace_of
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.scenario.observed import pods, services
from kuscia_conformance.scenario.observed.services import (
    await_own_services,
    await_services,
    described,
)


def test_an_unknown_column_is_refused_with_the_valid_ones(psi):
    with pytest.raises(FeatureError, match="colour") as error:
        await_services(psi, "alice", [["service", "colour"]])
    assert "leads to" in error.value.hint


def test_services_lead_to_the_pods_of_their_party(psi):
    pods.await_state(psi, "psi", "are ready")
    await_services(psi, "alice", [["leads to"], *[["psi-0"]] * len(services_of(psi))])


def services_of(psi):
    there = psi.history.latest(SERVICES).values()
    return [version for version in there if namespace_of(version.object) == "alice"]


def test_other_services_than_expected_fail_with_both_lists(psi):
    pods.await_state(psi, "psi", "run")
    with pytest.raises(CheckFailed, match="expected: other → nowhere"):
        await_services(psi, "alice", [["service", "leads to"], ["other", "nowhere"]])


def test_each_pod_has_services_of_its_own(psi):
    await_own_services(psi, "psi", [8081, 8080])


def test_a_pod_without_a_service_fails_with_what_it_has(psi):
    with pytest.raises(CheckFailed) as error:
        await_own_services(psi, "alice", [9999])
    assert "expected: each pod of alice has services of its own for 9999" in str(error.value)
    assert "actual:   alice/psi-0 has 8080, 8081" in str(error.value)


def test_a_shared_service_is_not_a_pods_own(psi, monkeypatch):
    pods.await_state(psi, "psi", "run")
    monkeypatch.setattr(services, "leads_to", lambda *_: ["psi-0", "psi-1"])
    with pytest.raises(CheckFailed, match="alice/psi-0 has 8080 shared with psi-1"):
        await_own_services(psi, "alice", [8080, 8081])


@pytest.mark.parametrize(
    ("port", "shown"),
    [
        ({"port": 8080, "targetPort": "fed"}, "8080"),
        ({"port": 8080}, "8080"),
        ({"port": 8080, "targetPort": 8081}, "8080 → 8081"),
        ({"port": 8080, "targetPort": "global"}, "8080 → 8081"),
        ({"port": 8080, "targetPort": "other"}, "8080 → no port"),
        ({"port": 8080, "protocol": "UDP"}, "8080/UDP"),
    ],
)
def test_a_service_shows_the_port_to_which_it_leads_if_that_is_another(psi, port, shown):
    pods.await_state(psi, "psi", "are ready")
    service = next(each for each in services_of(psi) if each.object["spec"].get("selector"))
    other = {**service.object, "spec": {**service.object["spec"], "ports": [port]}}
    assert described(psi, replace(service, object=other))["port"] == shown
