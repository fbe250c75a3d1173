"""Tests which fields an object has, and which fields a write changes."""

import pytest

from kuscia_conformance.apiserver.apimachinery.types import ANY, Type
from kuscia_conformance.apiserver.fields.sets import Fields
from kuscia_conformance.apiserver.fields.walks import changes, fields_of
from kuscia_conformance.kube.objects import Obj
from tests.apiserver.fields.given import CONFIG_MAP, DEPLOYMENT, SERVICE, TASK


def tags(fields: Fields) -> Fields:
    return {"f:spec": {"f:tags": fields}}


#: The key fields of Kubernetes' own kinds have a value even if the object does not set them.
UNNAMED: Fields = {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":""}': {}}}}}}
PORT = 'k:{"port":80,"protocol":"TCP"}'


@pytest.mark.parametrize(
    ("type", "config", "fields"),
    [
        (CONFIG_MAP, {"data": {"a": "1"}}, {"f:data": {"f:a": {}}}),
        (CONFIG_MAP, {"data": {}}, {"f:data": {}}),
        (CONFIG_MAP, {"data": None}, {"f:data": {}}),
        (SERVICE, {"spec": {"ports": []}}, {}),
        (
            SERVICE,
            {"spec": {"ports": [{"port": 80}]}},
            {"f:spec": {"f:ports": {PORT: {".": {}, "f:port": {}}}}},
        ),
        (SERVICE, {"spec": {"ports": None}}, {"f:spec": {"f:ports": {}}}),
        (DEPLOYMENT, {"spec": {"template": {"spec": {"containers": [{}]}}}}, UNNAMED),
        (TASK, {"spec": {"parties": []}}, {"f:spec": {"f:parties": {}}}),
        (TASK, {"spec": {"parties": [{"a": 1}]}}, {"f:spec": {"f:parties": {}}}),
        (TASK, {"spec": {"tags": ["a<b"]}}, {"f:spec": {"f:tags": {'v:"a\\u003cb"': {}}}}),
        (TASK, {"spec": {"whole": {"a": "b"}}}, {"f:spec": {"f:whole": {}}}),
        (
            TASK,
            {"spec": {"anything": {"a": {"b": 1}}}},
            {"f:spec": {"f:anything": {"f:a": {".": {}, "f:b": {}}}}},
        ),
        (
            TASK,
            {"status": {"pods": {"p": {"phase": "x"}}}},
            {"f:status": {"f:pods": {"f:p": {".": {}, "f:phase": {}}}}},
        ),
        (ANY, {"a": {"b": [1, 2]}}, {"f:a": {".": {}, "f:b": {}}}),
    ],
)
def test_fields_of_lists_every_field_of_a_configuration(
    type: Type, config: Obj, fields: Fields
) -> None:
    assert fields_of(config, type) == fields


@pytest.mark.parametrize(
    ("type", "old", "new", "changed", "removed"),
    [
        (CONFIG_MAP, {"data": {"a": "1"}}, {"data": {"a": "1"}}, {}, {}),
        (CONFIG_MAP, {}, {"data": {"a": "1"}}, {"f:data": {".": {}, "f:a": {}}}, {}),
        (CONFIG_MAP, {"data": {"a": "1"}}, {"data": {"a": "2"}}, {"f:data": {"f:a": {}}}, {}),
        (CONFIG_MAP, {"data": {"a": "1"}}, {}, {}, {"f:data": {".": {}, "f:a": {}}}),
        (CONFIG_MAP, {}, {"data": {}, "binaryData": None}, {}, {}),
        (
            SERVICE,
            {"spec": {"ports": [{"port": 80, "protocol": "TCP", "name": "a"}]}},
            {"spec": {"ports": [{"port": 80, "protocol": "TCP"}, {"port": 81}]}},
            {"f:spec": {"f:ports": {'k:{"port":81,"protocol":"TCP"}': {".": {}, "f:port": {}}}}},
            {"f:spec": {"f:ports": {PORT: {"f:name": {}}}}},
        ),
        (TASK, {}, {"spec": {"initiator": "a"}}, {"f:spec": {".": {}, "f:initiator": {}}}, {}),
        (TASK, {"spec": {}}, {"spec": {"tags": ["a"]}}, tags({".": {}, 'v:"a"': {}}), {}),
        (
            TASK,
            {"spec": {"anything": {"a": {"b": 1}}}},
            {"spec": {"anything": {"a": "b"}}},
            {"f:spec": {"f:anything": {"f:a": {}}}},
            {"f:spec": {"f:anything": {"f:a": {"f:b": {}}}}},
        ),
        (TASK, {"spec": {"tags": None}}, {"spec": {"tags": ["a"]}}, tags({'v:"a"': {}}), {}),
        (TASK, {"spec": None}, {"spec": {}}, {"f:spec": {}}, {}),
    ],
)
def test_changes_lists_the_changed_and_the_removed_fields(
    type: Type, old: Obj, new: Obj, changed: Fields, removed: Fields
) -> None:
    assert changes(old, new, type) == (changed, removed)


@pytest.mark.parametrize(
    ("old", "new", "changed", "removed"),
    [
        (["a"], ["a", "a"], {'v:"a"': {}}, {'v:"a"': {}}),
        (["a", "a"], ["a"], {'v:"a"': {}}, {'v:"a"': {}}),
        (["a", "a"], ["a", "a", "a"], {'v:"a"': {}}, {}),
        (["a", "a"], ["b"], {'v:"b"': {}}, {'v:"a"': {}}),
    ],
)
def test_duplicate_items_of_a_set_are_owned_as_one_item(
    old: list[str], new: list[str], changed: Fields, removed: Fields
) -> None:
    found = changes({"spec": {"tags": old}}, {"spec": {"tags": new}}, TASK)
    assert found == (tags(changed), tags(removed) if removed else {})


def test_structs_that_golang_always_writes_count_as_changed_fields() -> None:
    template = {"spec": {"containers": [{"name": "m", "image": "i"}]}}
    changed, _ = changes({}, {"spec": {"template": template}}, DEPLOYMENT)
    container: Fields = {".": {}, "f:name": {}, "f:image": {}, "f:resources": {}}
    containers = {'k:{"name":"m"}': container}
    assert changed == {"f:spec": {"f:template": {"f:spec": {"f:containers": containers}}}}
