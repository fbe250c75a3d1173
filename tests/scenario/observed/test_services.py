"""What a feature asks of services, and what a failure says."""

import pytest

from kuscia_conformance.errors import FeatureError
from kuscia_conformance.kube.objects import SERVICES, namespace_of
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.scenario.observed import pods
from kuscia_conformance.scenario.observed.services import await_services


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
