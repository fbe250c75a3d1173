"""Tests strategic merge patches of built-in kinds."""

import copy

import pytest

from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.patch import strategic_merge
from tests.apiserver.patch.types_for_tests import built_in

DEPLOYMENT = built_in("apis/apps/v1", "apps.v1.Deployment")
SERVICE = built_in("api/v1", "core.v1.Service")
NODE = built_in("api/v1", "core.v1.Node")

A = {"name": "a", "image": "i", "env": [{"name": "E", "value": "1"}]}
B = {"name": "b", "image": "i", "args": ["x", "y"]}
TOLERATION = {"key": "k", "operator": "Exists"}
POD = {"containers": [A, B], "nodeSelector": {"n": "m"}, "tolerations": [TOLERATION]}
FINALIZERS = ["q/1", "q/2", "q/3"]


def deployment(pod=None, metadata=None, **spec):
    return {
        "metadata": {"name": "d", "labels": {"a": "1"}, "finalizers": FINALIZERS}
        | (metadata or {}),
        "spec": {"replicas": 2, "template": {"spec": pod or POD}} | spec,
    }


def patched_pod(patch):
    patched = strategic_merge(deployment(), {"spec": {"template": {"spec": patch}}}, DEPLOYMENT)
    return patched["spec"]["template"]["spec"]


def names(items):
    return [item["name"] for item in items]


def refusal(patch, obj=None):
    with pytest.raises(StatusError) as refused:
        strategic_merge(obj or deployment(), patch, DEPLOYMENT)
    return refused.value


def pod_refusal(**patch):
    return refusal({"spec": {"template": {"spec": patch}}})


@pytest.mark.parametrize(
    ("patch", "merged"),
    [
        ({"replicas": 3}, {"replicas": 3}),
        ({"replicas": None}, {}),
        ({"missing": None}, {"replicas": 2}),
        ({"strategy": {"type": "Recreate"}}, {"replicas": 2, "strategy": {"type": "Recreate"}}),
        ({"$patch": "replace", "paused": True}, {"paused": True}),
        ({"$patch": "delete"}, {}),
        ({"$retainKeys": ["paused"], "paused": True}, {"paused": True}),
        ({"$retainKeys": ["replicas"], "paused": None}, {"replicas": 2}),
    ],
)
def test_members_of_an_object_are_merged_one_by_one(patch, merged):
    obj = {"spec": {"replicas": 2}}
    assert strategic_merge(obj, {"spec": patch}, DEPLOYMENT) == {"spec": merged}


def test_list_items_with_the_same_merge_key_are_merged():
    env = [{"name": "F", "value": "2"}]
    [first, second] = patched_pod({"containers": [{"name": "a", "env": env}]})["containers"]
    assert names(first["env"]) == ["F", "E"]
    assert first["image"] == "i"
    assert second == B


@pytest.mark.parametrize(
    ("containers", "order"),
    [
        ([{"name": "c"}], ["c", "a", "b"]),
        ([{"name": "b"}], ["a", "b"]),
        ([{"name": "b"}, {"name": "a"}], ["b", "a"]),
        ([{"name": "b"}, {"name": "c"}], ["a", "b", "c"]),
        ([{"name": "c"}, {"name": "b"}], ["c", "a", "b"]),
        ([{"name": "a", "$patch": "delete"}], ["b"]),
        ([{"name": "missing", "$patch": "delete"}], ["a", "b"]),
        ([{"name": "c"}, {"$patch": "replace"}], ["c"]),
        ([{"$patch": "replace"}], []),
        ([], ["a", "b"]),
    ],
)
def test_a_merged_list_keeps_the_patch_order_and_the_places_of_other_items(containers, order):
    assert names(patched_pod({"containers": containers})["containers"]) == order


@pytest.mark.parametrize(
    ("order", "containers", "result"),
    [
        (["b", "a"], None, ["b", "a"]),
        (["b"], None, ["a", "b"]),
        (["c", "a"], [{"name": "c"}], ["c", "a", "b"]),
        (["b", "c"], [{"name": "c"}, {"name": "a", "$patch": "delete"}], ["b", "c"]),
        (["c", "a"], [{"name": "c"}, {"name": "b", "$patch": "delete"}], ["c", "a"]),
        (["c"], [{"name": "c"}, {"name": "b", "$patch": "delete"}], ["a", "c"]),
    ],
)
def test_set_element_order_orders_the_merged_list(order, containers, result):
    patch = {"$setElementOrder/containers": [{"name": name} for name in order]}
    if containers is not None:
        patch["containers"] = containers
    assert names(patched_pod(patch)["containers"]) == result


def test_set_element_order_of_a_new_list_drops_items_that_are_directives():
    keys = [{"name": "s"}]
    patch = {
        "$setElementOrder/imagePullSecrets": keys,
        "imagePullSecrets": [*keys, {"name": "t", "$patch": "delete"}],
    }
    assert patched_pod(patch)["imagePullSecrets"] == keys


def test_set_element_order_of_a_missing_list_changes_nothing():
    assert patched_pod({"$setElementOrder/imagePullSecrets": [{"name": "s"}]}) == POD


@pytest.mark.parametrize(
    ("metadata", "finalizers"),
    [
        ({"finalizers": ["q/4"]}, ["q/4", "q/1", "q/2", "q/3"]),
        ({"finalizers": ["q/3", "q/1"]}, ["q/2", "q/3", "q/1"]),
        ({"$deleteFromPrimitiveList/finalizers": ["q/2", "q/9"]}, ["q/1", "q/3"]),
        ({"$setElementOrder/finalizers": ["q/3", "q/2"]}, ["q/1", "q/3", "q/2"]),
        ({"$deleteFromPrimitiveList/finalizers": "q/2"}, FINALIZERS),
        (
            {
                "$setElementOrder/finalizers": ["q/3", "q/4"],
                "$deleteFromPrimitiveList/finalizers": ["q/2"],
                "finalizers": ["q/4"],
            },
            ["q/1", "q/3", "q/4"],
        ),
    ],
)
def test_a_list_of_plain_values_is_merged_as_a_set(metadata, finalizers):
    patched = strategic_merge(deployment(), {"metadata": metadata}, DEPLOYMENT)
    assert patched["metadata"]["finalizers"] == finalizers


@pytest.mark.parametrize("value", [None, {"a": None}])
def test_deleting_from_a_field_that_is_not_a_primitive_list_merges_it(value):
    patch = {"metadata": {"$deleteFromPrimitiveList/labels": value}}
    patched = strategic_merge(deployment(), patch, DEPLOYMENT)
    assert not patched["metadata"].get("labels")


def test_a_list_without_a_merge_strategy_is_replaced():
    assert patched_pod({"tolerations": [{"key": "z"}]})["tolerations"] == [{"key": "z"}]


def test_a_volume_is_merged_although_its_list_has_the_retain_keys_strategy():
    env = [{"name": "E", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]
    volumes = [{"name": "v", "emptyDir": {"medium": "Memory"}}]
    pod = POD | {"volumes": volumes, "containers": [A | {"env": env}]}
    patch = {
        "spec": {"template": {"spec": {"volumes": [{"name": "v", "configMap": {"name": "c"}}]}}}
    }
    patched = strategic_merge(deployment(pod), patch, DEPLOYMENT)["spec"]["template"]["spec"]
    assert patched["volumes"] == [volumes[0] | {"configMap": {"name": "c"}}]


def test_items_that_share_a_merge_key_keep_their_places():
    ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}, {"port": 80}]
    patch = {"spec": {"ports": [{"port": 80, "name": "x"}]}}
    patched = strategic_merge({"spec": {"ports": ports}}, patch, SERVICE)
    assert patched["spec"]["ports"] == [*ports[:2], {"port": 80, "name": "x"}]


def test_a_new_object_is_added_without_its_nulls_and_directives():
    patch = {"affinity": {"nodeAffinity": {"$patch": "delete"}, "podAffinity": None}}
    assert patched_pod(patch)["affinity"] == {}


def test_a_null_member_of_a_new_item_is_left_out():
    assert patched_pod({"containers": [{"name": "c", "image": None}]})["containers"][0] == {
        "name": "c"
    }


def test_a_null_in_a_replaced_map_of_strings_becomes_an_empty_string():
    patch = {"metadata": {"labels": {"$patch": "replace", "q": None}}}
    patched = strategic_merge(deployment(), patch, DEPLOYMENT)
    assert patched["metadata"]["labels"] == {"q": ""}


@pytest.mark.parametrize(
    ("capacity", "result"),
    [
        ({"cpu": 2}, {"cpu": 2, "memory": "1Gi"}),
        ({"cpu": None}, {"memory": "1Gi"}),
        ({"$patch": "replace", "cpu": None}, {"cpu": "0"}),
    ],
)
def test_a_quantity_in_a_strategic_merge_may_be_a_number(capacity, result):
    node = {"status": {"capacity": {"cpu": "1", "memory": "1Gi"}}}
    patched = strategic_merge(node, {"status": {"capacity": capacity}}, NODE)
    assert patched["status"]["capacity"] == result


@pytest.mark.parametrize("target", [80, "http"])
def test_a_target_port_may_be_a_number_or_a_name(target):
    patch = {"spec": {"ports": [{"port": 80, "targetPort": target}]}}
    patched = strategic_merge({"spec": {}}, patch, SERVICE)
    assert patched["spec"]["ports"][0]["targetPort"] == target


def test_a_strategic_merge_patch_of_null_changes_nothing():
    assert strategic_merge(deployment(), None, DEPLOYMENT) == deployment()


def test_conditions_of_a_status_are_merged_by_their_type():
    conditions = [{"type": "Ready", "status": "True"}, {"type": "Disk", "status": "False"}]
    patch = {
        "status": {
            "$setElementOrder/conditions": [{"type": "Ready"}, {"type": "Disk"}],
            "conditions": [{"type": "Disk", "status": "True"}],
        }
    }
    patched = strategic_merge({"status": {"conditions": conditions}}, patch, NODE)
    assert patched["status"]["conditions"] == [conditions[0], conditions[1] | {"status": "True"}]


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (
            {"containers": [{"image": "z"}]},
            "map: map[image:z] does not contain declared merge key: name",
        ),
        (
            {"containers": [{"$patch": "delete"}]},
            "map: map[$patch:delete] does not contain declared merge key: name",
        ),
        (
            {"containers": [{"name": "a", "$patch": "frob"}]},
            "unknown patch type: frob in map: map[$patch:frob name:a]",
        ),
        (
            {"containers": [{"name": "a", "$patch": "merge"}]},
            "merging lists cannot yet be specified in the patch",
        ),
        (
            {"nodeSelector": {"$patch": "merge"}},
            "unknown patch type: merge in map: map[$patch:merge]",
        ),
        (
            {"$setElementOrder/containers": "x"},
            "expected a []interface {}, but received a string",
        ),
        (
            {"$setElementOrder/containers": None},
            "expected a []interface {}, but received a %!s(<nil>)",
        ),
        (
            {"$setElementOrder/nodeSelector": []},
            "expected a []interface {}, but received a map[string]interface {}",
        ),
        (
            {"$setElementOrder/containers": ["b"], "containers": [{"name": "a"}]},
            "expected a map[string]interface {}, but received a string",
        ),
        (
            {"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "a"}]},
            (
                "The order in patch list:\n[map[name:a]]\n"
                " doesn't match $setElementOrder list:\n[map[name:b]]\n"
            ),
        ),
        (
            {"$setElementOrder/frob": [{"name": "b"}]},
            'unable to find api field in struct PodSpec for the json field "frob"',
        ),
        (
            {"$setElementOrder/hostname": [{"name": "b"}]},
            "expected slice or array type, but got: struct",
        ),
        (
            {"$setElementOrder/imagePullSecrets": [], "imagePullSecrets": []},
            "no elements in any of the given slices",
        ),
        (
            {"$deleteFromPrimitiveList/tolerations": [{"key": "z"}]},
            "cannot merge lists without merge key for struct",
        ),
    ],
)
def test_a_patch_that_cannot_be_applied_is_an_internal_server_error(patch, message):
    refused = pod_refusal(**patch)
    assert refused.message == message
    assert refused.code == 500
    assert "reason" not in refused.status


def test_a_merge_of_lists_with_different_item_types_shows_both_lists():
    refused = refusal({"metadata": {"finalizers": [5]}})
    assert refused.message == "list element types are not identical: [[q/1 q/2 q/3] [5]]"


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"$retainKeys": "x"}, "invalid patch format of retainKeys"),
        ({"$retainKeys": ["x"], "replicas": 1}, "invalid patch format of retainKeys"),
        ({"$setElementOrder": []}, "invalid patch format of setElementOrder list"),
        ({"$deleteFromPrimitiveList": []}, "invalid patch format of primitive list"),
    ],
)
def test_a_directive_of_the_wrong_form_is_a_bad_request(patch, message):
    refused = refusal({"spec": patch})
    assert (refused.code, refused.message) == (400, message)


@pytest.mark.parametrize("body", [[], "x"])
def test_a_strategic_merge_patch_that_is_not_an_object_is_a_bad_request(body):
    refused = refusal(body)
    name = {"[]": "array"}.get(str(body), "string")
    into = "Go value of type map[string]interface {}"
    assert (refused.code, refused.message) == (400, f"json: cannot unmarshal {name} into {into}")


@pytest.mark.parametrize(
    ("patch", "shown", "why"),
    [
        ({"spec": "x"}, "map[spec:x]", "cannot restore struct from: string"),
        ({"spec": []}, "map[spec:[]]", "cannot restore struct from: slice"),
        ({"spec": {"replicas": "x"}}, "map[spec:map[replicas:x]]", "unrecognized type: int32"),
        ({"spec": {"replicas": True}}, "map[spec:map[replicas:true]]", "unrecognized type: int32"),
        (
            {"spec": {"replicas": 1.5}},
            "map[spec:map[replicas:1.5]]",
            "cannot convert float64 to int32",
        ),
        (
            {"metadata": {"labels": {"a": 5, "b": None}}},
            "map[metadata:map[labels:map[a:5 b:<nil>]]]",
            "cannot convert int64 to string",
        ),
        (
            {"metadata": {"labels": ["a"]}},
            "map[metadata:map[labels:[a]]]",
            "cannot restore map from slice",
        ),
        (
            {"metadata": {"finalizers": "x"}},
            "map[metadata:map[finalizers:x]]",
            "cannot restore slice from string",
        ),
        (
            {"spec": {"$retainKeys": ["paused"], "paused": "x"}},
            "map[spec:map[paused:x]]",
            "unrecognized type: bool",
        ),
    ],
)
def test_a_result_of_the_wrong_type_is_invalid_and_shows_the_patch(patch, shown, why):
    refused = refusal(patch)
    assert refused.message == f' "" is invalid: patch: Invalid value: "{shown}": {why}'
    assert (refused.code, refused.reason) == (422, "Invalid")


def test_a_list_of_lists_is_refused_without_a_reason_in_the_message():
    refused = refusal({"metadata": {"finalizers": [["x"]]}}, {"metadata": {"finalizers": [["y"]]}})
    assert (refused.code, refused.reason) == (422, "Invalid")


def test_a_strategic_merge_does_not_change_its_arguments():
    obj, patch = (
        deployment(),
        {
            "metadata": {"labels": {"$patch": "replace", "b": "1"}},
            "spec": {"$retainKeys": ["template"], "template": {"spec": {"containers": [B]}}},
        },
    )
    before = copy.deepcopy((obj, patch))
    patched = strategic_merge(obj, patch, DEPLOYMENT)
    patched["spec"]["template"]["spec"]["containers"][0]["name"] = "changed"
    assert (obj, patch) == before
