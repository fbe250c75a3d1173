"""Tests server-side apply: its result, the owners of fields, and its refusals."""

import copy
from typing import Any, cast

import orjson
import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.apimachinery.types import Type
from kuscia_conformance.apiserver.fields import Author, apply
from kuscia_conformance.apiserver.fields.kubectl import LAST_APPLIED
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.fields.given import (
    CONFIG_MAP,
    DEPLOYMENT,
    NOW,
    SERVICE,
    TASK,
    applied,
    config_map,
    deployment,
    owners,
    service,
    task,
    tracked,
)

WITH_KEYS = "associative list with keys"
WITHOUT_KEYS = "associative list without keys"
LIMITS = '.spec.template.spec.containers[name="a"].resources.limits'
OMITTED = (
    'has an element that omits all key fields ["name"] '
    "(and doesn't have default values for any key fields)"
)


def refused(
    current: Obj | None, config: Obj, type: Type = CONFIG_MAP, **options: Any
) -> StatusError:
    with pytest.raises(StatusError) as caught:
        applied(current, config, type, **options)
    return caught.value


def test_applying_to_a_missing_object_creates_it() -> None:
    new = applied(None, config_map({"a": "1"}, labels={"b": "2"}), manager="me")
    fields = {"f:data": {"f:a": {}}, "f:metadata": {"f:labels": {"f:b": {}}}}
    assert new == config_map(
        {"a": "1"},
        labels={"b": "2"},
        managedFields=[
            {
                "manager": "me",
                "operation": "Apply",
                "apiVersion": "v1",
                "time": NOW,
                "fieldsType": "FieldsV1",
                "fieldsV1": fields,
            }
        ],
    )


def test_a_field_that_its_only_manager_no_longer_applies_is_removed() -> None:
    first = applied(None, config_map({"a": "1", "b": "1"}))
    second = applied(first, config_map({"b": "1"}))
    assert second["data"] == {"b": "1"}
    assert owners(second) == {"a": {"f:data": {"f:b": {}}}}
    assert "data" not in applied(second, config_map())


def test_a_field_that_another_manager_also_owns_stays() -> None:
    first = applied(None, config_map({"a": "1", "b": "1"}))
    both = applied(first, config_map({"a": "1"}), manager="b")
    left = applied(both, config_map())
    assert left["data"] == {"a": "1"}
    assert owners(left) == {"b": {"f:data": {"f:a": {}}}}


def test_a_manager_whose_apply_changes_nothing_has_no_time() -> None:
    first = applied(None, config_map({"a": "1"}), manager="b")
    second = applied(first, config_map({"a": "1"}), manager="a")
    times = [(e["manager"], e.get("time")) for e in second["metadata"]["managedFields"]]
    assert times == [("a", None), ("b", NOW)]


def test_a_single_conflict_is_reported_with_its_manager_and_field() -> None:
    current = config_map({"a": "1"})
    tracked(None, current, CONFIG_MAP, "kubectl-client-side-apply")
    refusal = refused(current, config_map({"a": "2"}))
    assert refusal.status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": (
            'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: '
            ".data.a"
        ),
        "reason": "Conflict",
        "details": {
            "causes": [
                {
                    "reason": "FieldManagerConflict",
                    "message": 'conflict with "kubectl-client-side-apply" using v1',
                    "field": ".data.a",
                }
            ]
        },
        "code": 409,
    }


def test_conflicts_with_several_managers_are_listed_by_manager() -> None:
    current = applied(None, config_map({"a": "1", "b": "1"}), manager="c")
    current = applied(current, config_map({"a": "1"}), manager="b")
    new = copy.deepcopy(current)
    new["data"]["z"] = "1"
    tracked(current, new, CONFIG_MAP, "u", sub="status")
    refusal = refused(new, config_map({"a": "2", "b": "2", "z": "2"}))
    assert refusal.message.split("\n") == [
        'Apply failed with 4 conflicts: conflicts with "b":',
        "- .data.a",
        'conflicts with "c":',
        "- .data.a",
        "- .data.b",
        'conflicts with "u" with subresource "status" using v1:',
        "- .data.z",
    ]


def test_a_forced_apply_takes_fields_over_from_other_managers() -> None:
    current = applied(None, config_map({"a": "1", "b": "1"}), manager="b")
    new = applied(current, config_map({"a": "2"}), force=True)
    assert new["data"] == {"a": "2", "b": "1"}
    assert owners(new) == {"a": {"f:data": {"f:a": {}}}, "b": {"f:data": {"f:b": {}}}}


def test_the_first_apply_gives_older_fields_to_before_first_apply() -> None:
    new = applied(config_map({"a": "1"}, uid="u"), config_map({"b": "1"}))
    before: Obj = {"f:data": {".": {}, "f:a": {}}}
    assert owners(new) == {"a": {"f:data": {"f:b": {}}}, "before-first-apply": before}


def test_items_of_an_associative_list_are_merged_by_their_keys() -> None:
    current = service({"port": 80, "name": "a", "protocol": "TCP"}, {"port": 81, "protocol": "TCP"})
    tracked(None, current, SERVICE, "b")
    new = applied(current, service({"port": 82}, {"port": 80, "targetPort": 8080}), SERVICE)
    assert new["spec"]["ports"] == [
        {"port": 82},
        {"port": 80, "name": "a", "protocol": "TCP", "targetPort": 8080},
        {"port": 81, "protocol": "TCP"},
    ]
    gone = applied(new, service({"port": 80, "targetPort": 8080}), SERVICE)
    assert [port["port"] for port in gone["spec"]["ports"]] == [80, 81]


@pytest.mark.parametrize(
    ("live", "config", "merged"),
    [
        ("abc", "", "abc"),
        ("", "ab", "ab"),
        ("abc", "b", "abc"),
        ("abc", "x", "abcx"),
        ("abc", "cx", "abcx"),
        ("abc", "xb", "axbc"),
        ("ab", "ba", "ba"),
        ("abx", "bac", "bxac"),
        ("abcd", "dxa", "bcdxa"),
    ],
)
def test_items_of_an_applied_set_are_merged_in_the_expected_order(
    live: str, config: str, merged: str
) -> None:
    current = task(spec={"tags": list(live), "initiator": "a"})
    tracked(None, current, TASK, "b")
    new = applied(current, task(spec={"tags": list(config), "initiator": "a"}), TASK)
    assert "".join(new["spec"]["tags"]) == merged


def test_atomic_maps_and_lists_are_replaced_as_a_whole() -> None:
    first = applied(None, task(spec={"whole": {"a": "1"}, "parties": [{"a": 1}]}), TASK)
    second = applied(first, task(spec={"whole": {"b": "1"}, "parties": [{"b": 1}]}), TASK)
    assert second["spec"] == {"whole": {"b": "1"}, "parties": [{"b": 1}]}


def test_applying_a_struct_that_golang_always_writes_is_not_a_conflict() -> None:
    containers = [{"name": "m", "image": "i"}]
    current = deployment(*containers)
    tracked(None, current, DEPLOYMENT, "b", version="apps/v1")
    limited = [{"name": "m", "resources": {"limits": {"cpu": "1"}}}]
    new = applied(current, deployment(*limited), DEPLOYMENT)
    assert new["spec"]["template"]["spec"]["containers"] == [{**containers[0], **limited[0]}]


def test_an_emptied_map_of_a_custom_object_is_null_while_it_has_an_owner() -> None:
    current = applied(None, task(status={"pods": {"p": {"phase": "x"}}}), TASK)
    shared = applied(current, task(status={"pods": {}}), TASK, manager="b")
    assert applied(shared, task(status={"phase": "x"}), TASK)["status"] == {
        "phase": "x",
        "pods": None,
    }


def test_fields_that_a_subresource_does_not_write_are_not_owned() -> None:
    config = task(spec={"initiator": "a"}, status={"phase": "x"})
    author = Author("a", "x/v1", NOW, "status", {"f:spec": {}})
    new = apply(None, config, TASK, author, force=False)
    assert owners(new) == {"a": {"f:status": {"f:phase": {}}}}


def test_apply_does_not_change_its_arguments() -> None:
    current = applied(None, task(spec={"parties": [{"a": 1}], "tags": ["a"]}), TASK)
    config = task(spec={"tags": ["b"]})
    before = copy.deepcopy((current, config))
    new = applied(current, config, TASK, force=True)
    new["spec"]["tags"].append("c")
    assert (current, config) == before


GO_MAP = 'map[string]interface {}{"b":[]interface {}{1}}'


@pytest.mark.parametrize(
    ("config", "type", "faults"),
    [
        (
            config_map({"a": {"b": [1]}}) | {"immutable": "x"},
            CONFIG_MAP,
            [
                f".data.a: expected string, got &value.valueUnstructured{{Value:{GO_MAP}}}",
                ".immutable: expected boolean, got &{x}",
            ],
        ),
        (config_map() | {"data": "y"}, CONFIG_MAP, [".data: expected map, got &{y}"]),
        (config_map() | {"dot": 4}, CONFIG_MAP, [".dot: field not declared in schema"]),
        (
            service({"port": 80}, {"port": 80, "zz": 1}),
            SERVICE,
            [
                '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
                '.spec.ports[port=80,protocol="TCP"].zz: field not declared in schema',
            ],
        ),
        (
            service({"port": 80}, cast(Obj, 3)),
            SERVICE,
            [f".spec.ports: element 1: {WITH_KEYS} may not have non-map elements"],
        ),
        (
            service(cast(Obj, None)),
            SERVICE,
            [f".spec.ports: element 0: {WITH_KEYS} may not have a null element"],
        ),
        (
            task(spec={"named": [{"name": "x"}, {"name": "x"}, {"x": 1}]}),
            TASK,
            [
                '.spec.named: duplicate entries for key [name="x"]',
                f".spec.named: element 2: {WITH_KEYS} {OMITTED}",
            ],
        ),
        (
            deployment({"name": "a", "resources": {"limits": {"cpu": 1, "memory": [1]}}}),
            DEPLOYMENT,
            [f"{LIMITS}.memory: expected any scalar, got &{{[1]}}"],
        ),
        (task(spec={"zz": 1}), TASK, [".spec.zz: field not declared in schema"]),
        (
            task(spec={"replicas": "x", "paused": {"a": [True, None]}}),
            TASK,
            [
                ".spec.paused: expected boolean, got &{map[a:[true <nil>]]}",
                ".spec.replicas: expected numeric (int or float), got string",
            ],
        ),
        (
            task(spec={"tags": ["a", "a"]}),
            TASK,
            ['.spec.tags: duplicate entries for key [="a"]'],
        ),
        (
            task(spec={"tags": [None]}),
            TASK,
            [f".spec.tags: element 0: {WITHOUT_KEYS} has an element that's an explicit null"],
        ),
        (task(spec={"parties": {}}), TASK, [".spec.parties: expected list, got &{map[]}"]),
        (task(spec={"parties": [1]}), TASK, [".spec.parties[0]: expected map, got &{1}"]),
    ],
)
def test_a_configuration_that_does_not_match_its_type_is_refused(
    config: Obj, type: Type, faults: list[str]
) -> None:
    refusal = refused(None, config, type)
    version, kind = config["apiVersion"], config["kind"]
    about = f"/x; {version if '/' in version else '/' + version}, Kind={kind}"
    texts = "\n  ".join(["errors:", *faults]) if len(faults) > 1 else faults[0]
    assert refusal.message == f"failed to create typed patch object ({about}): {texts}"
    assert refusal.code == 500


@pytest.mark.parametrize("given", [[], [{"manager": "x"}]])
def test_a_configuration_with_managed_fields_is_a_bad_request(given: list[Obj]) -> None:
    refusal = refused(None, config_map({}, managedFields=given))
    assert (refusal.code, refusal.message) == (400, "metadata.managedFields must be nil")


def client_side(data: Obj) -> Obj:
    """Returns the object that a client-side `kubectl apply` creates."""
    last = orjson.dumps(config_map(data)).decode()
    obj = config_map(data, annotations={LAST_APPLIED: last})
    tracked(None, obj, CONFIG_MAP, "kubectl-client-side-apply")
    return obj


def test_kubectl_takes_over_from_its_client_side_apply() -> None:
    config = config_map({"a": "<2"}, annotations={"z": "1"})
    new = applied(client_side({"a": "1", "b": "1"}), config, manager="kubectl")
    assert new["data"] == {"a": "<2", "b": "1"}
    assert new["metadata"]["annotations"][LAST_APPLIED] == (
        '{"apiVersion":"v1","data":{"a":"\\u003c2"},"kind":"ConfigMap",'
        '"metadata":{"annotations":{"z":"1"},"name":"x"}}\n'
    )
    assert owners(new)["kubectl-client-side-apply"]["f:data"] == {".": {}, "f:b": {}}


def test_kubectl_does_not_take_over_fields_that_others_changed_since() -> None:
    current = client_side({"a": "1", "b": "1"})
    changed = {**copy.deepcopy(current), "data": {"a": "1", "b": "5"}}
    tracked(current, changed, CONFIG_MAP, "other")
    refusal = refused(changed, config_map({"a": "2", "b": "3"}), manager="kubectl")
    assert refusal.message == (
        'Apply failed with 1 conflict: conflict with "other" using v1: .data.b'
    )


@pytest.mark.parametrize(
    "last", ["", "{", "[]", '{"apiVersion":"v2"}', '{"apiVersion":"v1","x":1}']
)
def test_kubectl_takes_nothing_over_if_last_applied_is_unreadable(last: str) -> None:
    current = config_map({"a": "1"}, annotations={LAST_APPLIED: last})
    tracked(None, current, CONFIG_MAP, "b")
    refusal = refused(current, config_map({"a": "2"}), manager="kubectl")
    assert refusal.message.endswith(".data.a")


def test_managers_other_than_kubectl_do_not_take_client_side_fields_over() -> None:
    refusal = refused(client_side({"a": "1"}), config_map({"a": "2"}), manager="helm")
    assert refusal.code == 409


def test_a_last_applied_annotation_that_would_be_too_large_is_removed() -> None:
    config = config_map({"a": "1", "b": "x" * 300_000})
    new = applied(client_side({"a": "1"}), config, manager="kubectl")
    assert new["metadata"]["annotations"] == {}
