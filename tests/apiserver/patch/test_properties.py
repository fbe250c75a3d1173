"""Property tests: laws that hold for patches with any content."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from kuscia_conformance.apiserver.patch import is_same, json_patch, merge_patch, strategic_merge
from kuscia_conformance.apiserver.patch.values import are_equal
from tests.apiserver.patch.types_for_tests import built_in

DEPLOYMENT = built_in("apis/apps/v1", "apps.v1.Deployment")
NAMES = st.sampled_from("abcde")

plain = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text("ab/~", max_size=3)
)
keys = st.text("ab/~", max_size=2)
values = st.recursive(
    plain, lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3)
)
objects = st.dictionaries(keys, values, max_size=4)
#: Values without any null: only these can result from a merge patch.
full = st.recursive(
    plain.filter(lambda value: value is not None),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3),
)
full_objects = st.dictionaries(keys, full, max_size=4)
#: Patches with null only where a member is removed: Kubernetes treats nulls in lists unevenly.
patches = st.dictionaries(
    keys,
    st.recursive(full | st.none(), lambda below: st.dictionaries(keys, below, max_size=3)),
    max_size=4,
)

env = st.lists(
    st.fixed_dictionaries({"name": NAMES, "value": st.text("xy", max_size=2)}),
    max_size=3,
    unique_by=lambda item: item["name"],
)
containers = st.lists(
    st.fixed_dictionaries({"name": NAMES}, optional={"image": NAMES, "env": env}),
    max_size=4,
    unique_by=lambda item: item["name"],
)
pods = st.fixed_dictionaries(
    {"containers": containers},
    optional={"nodeSelector": st.dictionaries(NAMES, NAMES, max_size=2)},
)
deployments = st.builds(
    lambda pod, replicas, finalizers: {
        "metadata": {"finalizers": finalizers},
        "spec": {"replicas": replicas, "template": {"spec": pod}},
    },
    pods,
    st.integers(0, 5),
    st.lists(NAMES, max_size=3, unique=True),
)


def difference(old, new):
    """Returns the merge patch that turns `old` into `new`."""
    patch = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old or not are_equal(old[key], value):
            both = isinstance(value, dict) and isinstance(old.get(key), dict)
            patch[key] = difference(old[key], value) if both else value
    return patch


@given(objects, full_objects)
def test_a_merge_patch_of_the_difference_of_two_objects_yields_the_second(old, new):
    assert is_same(merge_patch(old, difference(old, new)), new)


@given(objects, patches)
def test_a_merge_patch_changes_nothing_the_second_time(obj, patch):
    once = merge_patch(obj, patch)
    assert is_same(merge_patch(once, patch), once)


@given(objects, objects)
def test_a_merge_patch_does_not_change_its_arguments(obj, patch):
    before = copy.deepcopy((obj, patch))
    merge_patch(obj, patch)
    assert (obj, patch) == before


@given(objects, keys, values)
def test_a_value_added_by_a_json_patch_can_be_tested_and_removed_by_it(obj, key, value):
    path = "/new/" + key.replace("~", "~0").replace("/", "~1")
    patch = [
        {"op": "add", "path": "/new", "value": {}},
        {"op": "add", "path": path, "value": value},
        {"op": "test", "path": path, "value": value},
        {"op": "remove", "path": path},
        {"op": "remove", "path": "/new"},
    ]
    assert is_same(json_patch(obj, patch), {key: obj[key] for key in obj if key != "new"})


@given(deployments)
def test_a_strategic_merge_of_an_object_with_itself_changes_nothing(obj):
    assert is_same(strategic_merge(obj, obj, DEPLOYMENT), obj)


@given(deployments, deployments)
def test_a_strategic_merge_changes_nothing_the_second_time(obj, patch):
    once = strategic_merge(obj, patch, DEPLOYMENT)
    assert is_same(strategic_merge(once, patch, DEPLOYMENT), once)


@given(deployments, deployments)
def test_a_strategic_merge_keeps_each_item_once_in_the_order_of_the_patch(obj, patch):
    merged = strategic_merge(obj, patch, DEPLOYMENT)
    found, first, second = (
        [item["name"] for item in each["spec"]["template"]["spec"]["containers"]]
        for each in (merged, obj, patch)
    )
    assert sorted(found) == sorted({*first, *second})
    assert [name for name in found if name in second] == second
    assert [name for name in found if name not in second] == [
        name for name in first if name not in second
    ]


@given(deployments)
def test_set_element_order_alone_only_reorders_the_items(obj):
    live = obj["spec"]["template"]["spec"]["containers"]
    wanted = sorted(live, key=lambda item: item["name"])
    order = [{"name": item["name"]} for item in wanted]
    patch = {"spec": {"template": {"spec": {"$setElementOrder/containers": order}}}}
    if live:
        merged = strategic_merge(obj, patch, DEPLOYMENT)
        assert merged["spec"]["template"]["spec"]["containers"] == wanted
