"""Tests the vectors V-1 and V-2 of the specification, and the overrides that the page describes."""

import pytest

from reference_controller.kuscia_task.templates import choose, merge

A = ["server", "server,client", ""]
B = ["server", "server,client,"]


@pytest.mark.parametrize(
    ("roles", "role", "chosen"),
    [
        (A, "server", 0),
        (A, "client", 1),
        (A, "", 2),
        (A, "other", 2),
        (B, "", 0),
        (B, "other", None),
        ([], "any", None),
        ([], "", None),
        (["", ""], "other", 1),
        (["host, guest"], "guest", None),
    ],
)
def test_the_template_is_chosen_by_role(roles, role, chosen):
    templates = [{"name": str(place), "role": role} for place, role in enumerate(roles)]
    expected = None if chosen is None else templates[chosen]
    assert choose(templates, role) == expected


BASE = {
    "replicas": 1,
    "spec": {
        "restartPolicy": "Always",
        "containers": [
            {
                "name": "app",
                "command": ["ls"],
                "args": ["-l"],
                "env": [{"name": "HOME", "value": "/root"}],
                "resources": {"limits": {"cpu": "2"}, "requests": {"cpu": "1"}},
            }
        ],
    },
}


def merged(*containers, base=BASE, **party):
    template = merge(base, {**party, "spec": {"containers": list(containers)}})
    return template["spec"]["containers"]


def test_values_of_a_party_override_the_app_image_and_the_rest_stays():
    template = merge(
        BASE,
        {
            "replicas": 2,
            "spec": {
                "restartPolicy": "OnFailure",
                "containers": [
                    {
                        "name": "app",
                        "command": [""],
                        "env": [{"name": "ROLE", "value": "server"}],
                        "resources": {"requests": {"cpu": "2"}},
                    }
                ],
            },
        },
    )
    assert template == {
        "replicas": 2,
        "spec": {
            "restartPolicy": "OnFailure",
            "containers": [
                {
                    "name": "app",
                    "command": [""],
                    "args": ["-l"],
                    "env": [
                        {"name": "HOME", "value": "/root"},
                        {"name": "ROLE", "value": "server"},
                    ],
                    "resources": {"limits": {"cpu": "2"}, "requests": {"cpu": "2"}},
                }
            ],
        },
    }


def test_a_party_without_a_template_uses_that_of_the_app_image():
    assert merge(BASE, {}) == BASE


def test_an_environment_variable_of_a_party_overrides_the_app_image():
    [container] = merged({"name": "app", "env": [{"name": "HOME", "value": "/work"}]})
    assert container["env"] == [{"name": "HOME", "value": "/work"}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"command": ["sh"]}, {"command": ["sh"], "args": ["-l"]}),
        ({"args": ["-a"]}, {"command": ["ls"], "args": ["-a"]}),
        ({"command": ["sh"], "args": ["-c"]}, {"command": ["sh"], "args": ["-c"]}),
        ({"command": [], "args": []}, {"command": ["ls"], "args": ["-l"]}),
    ],
)
def test_a_party_overrides_command_and_args_each_by_itself(changes, expected):
    [container] = merged({"name": "app", **changes})
    assert {key: container[key] for key in ("command", "args") if key in container} == expected


def test_ports_of_a_party_replace_all_ports_of_the_app_image():
    base = {"spec": {"containers": [{"name": "app", "ports": [{"name": "a"}, {"name": "b"}]}]}}
    [container] = merged({"name": "app", "ports": [{"name": "c"}]}, base=base)
    assert container["ports"] == [{"name": "c"}]


TWO = {"spec": {"containers": [{"name": "one", "command": ["1"]}, {"name": "two"}]}}


@pytest.mark.parametrize(
    ("containers", "names"),
    [
        ([{"name": "two", "args": ["x"]}], ["one", "two"]),
        ([{"name": "other"}], ["other", "two"]),
        ([{"name": "two"}, {"name": "one"}], ["one", "two"]),
        ([{"name": "one"}, {"name": "two"}, {"name": "three"}], ["one", "two", "three"]),
        ([{"name": "x"}, {"name": "one"}], ["one", "two", "x"]),
    ],
    ids=["by name", "by position", "in any order", "others are added", "name before position"],
)
def test_containers_are_matched_by_name_and_then_by_position(containers, names):
    assert [container["name"] for container in merged(*containers, base=TWO)] == names


@pytest.mark.parametrize(
    ("party", "policy"),
    [
        ({"restartPolicy": "Never"}, "Never"),
        ({"restartPolicy": "Never", "spec": {"restartPolicy": "OnFailure"}}, "OnFailure"),
        ({}, "Always"),
    ],
    ids=["beside the spec, as the page prints it", "in the spec and beside it", "neither"],
)
def test_the_restart_policy_may_be_beside_the_spec(party, policy):
    assert merge(BASE, party)["spec"]["restartPolicy"] == policy
