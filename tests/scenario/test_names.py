"""Tests the tokens that keep the names of parallel scenarios apart."""

import string

from hypothesis import given
from hypothesis import strategies as st

from kuscia_conformance.scenario.names import LENGTH, Names, fresh_names

NAMES = Names("ghkmnp")
TASK = {
    "kind": "KusciaTask",
    "metadata": {"name": "psi", "namespace": "cross-domain"},
    "spec": {
        "initiator": "alice",
        "parties": [
            {"domainID": "alice", "appImageRef": "app-image"},
            {"domainID": "bob", "bandwidthLimits": [{"destinationID": "alice", "limitKBps": 1}]},
        ],
        "taskInputConfig": '{"parties": ["alice"]}',
    },
}


def test_names_in_the_fixed_fields_of_a_task_get_the_token():
    sent = NAMES.outgoing(TASK)
    assert sent["metadata"] == {"name": "psi-ghkmnp", "namespace": "cross-domain"}
    assert sent["spec"]["initiator"] == "alice-ghkmnp"
    assert sent["spec"]["parties"] == [
        {"domainID": "alice-ghkmnp", "appImageRef": "app-image-ghkmnp"},
        {
            "domainID": "bob-ghkmnp",
            "bandwidthLimits": [{"destinationID": "alice-ghkmnp", "limitKBps": 1}],
        },
    ]


def test_names_in_the_task_input_config_stay():
    assert NAMES.outgoing(TASK)["spec"]["taskInputConfig"] == '{"parties": ["alice"]}'


def test_an_object_in_a_domain_keeps_its_name():
    config = {"kind": "ConfigMap", "metadata": {"name": "config-template", "namespace": "alice"}}
    assert NAMES.outgoing(config)["metadata"] == {
        "name": "config-template",
        "namespace": "alice-ghkmnp",
    }


def test_incoming_reverses_outgoing():
    assert NAMES.incoming(NAMES.outgoing(TASK)) == TASK


def test_the_token_is_removed_from_keys_and_values():
    seen = {"alice-ghkmnp/psi-ghkmnp-0": "pod psi-ghkmnp-0 of alice-ghkmnp"}
    assert NAMES.incoming(seen) == {"alice/psi-0": "pod psi-0 of alice"}


def test_a_manifest_is_not_changed_in_place():
    before = {"kind": "AppImage", "metadata": {"name": "a"}}
    Names("ghkmnp").outgoing(before)
    assert before == {"kind": "AppImage", "metadata": {"name": "a"}}


def test_an_exclusive_scenario_has_plain_names():
    assert Names().outgoing(TASK) == TASK
    assert Names().owns("alice")
    assert not Names().owns("alice-ghkmnp")


def test_names_of_another_scenario_are_not_owned():
    assert NAMES.owns("psi-ghkmnp-0-fed")
    assert not NAMES.owns("psi-ghkmnq-0-fed")
    assert not NAMES.owns("alice")


@given(st.text(string.ascii_lowercase, min_size=1))
def test_a_fresh_token_is_added_and_removed(name):
    names = fresh_names()
    assert len(names.token) == LENGTH
    assert names.owns(names.real(name))
    assert names.incoming(names.real(name)) == name


def test_domains_in_groups_and_task_resources_get_the_token():
    party = {"domainID": "alice", "pods": [{"name": "psi-0"}]}
    group = {"kind": "TaskResourceGroup", "metadata": {"name": "psi"}}
    sent = NAMES.outgoing({**group, "spec": {"initiator": "alice", "parties": [party]}})
    assert sent["metadata"]["name"] == "psi-ghkmnp"
    assert sent["spec"]["parties"] == [{**party, "domainID": "alice-ghkmnp"}]
    resource = {"kind": "TaskResource", "metadata": {"name": "psi", "namespace": "alice"}}
    sent = NAMES.outgoing({**resource, "spec": {"initiator": "alice"}})
    assert sent["metadata"] == {"name": "psi", "namespace": "alice-ghkmnp"}
    assert sent["spec"] == {"initiator": "alice-ghkmnp"}


def test_the_node_selector_of_a_pod_gets_the_token_for_its_domain_only():
    selector = {"kuscia.secretflow/namespace": "alice", "disk": "alice"}
    sent = NAMES.outgoing({"kind": "Pod", "metadata": {}, "spec": {"nodeSelector": selector}})
    assert sent["spec"]["nodeSelector"] == {
        **selector,
        "kuscia.secretflow/namespace": "alice-ghkmnp",
    }
