"""Tests the tables that the server sends to kubectl."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuscia_conformance.apiserver import data
from kuscia_conformance.apiserver.apimachinery.kinds import Column, Kind
from kuscia_conformance.apiserver.apimachinery.status_errors import StatusError
from kuscia_conformance.apiserver.views import discovery, tables

#: Recorded table rows of kube-apiserver 1.34.4, one object per line, with the time of recording.
RECORDED = [
    json.loads(line)
    for line in Path(__file__).with_name("recorded_rows.jsonl").read_text().splitlines()
]
KINDS = {f"{k.group}/{k.version}/{k.plural}": k for k in discovery.built_in_kinds({})}
NOW = datetime(2026, 11, 24, 13, 28, 17, tzinfo=UTC)


def name_of(recorded):
    return f"{recorded['kind']}/{recorded['object']['metadata']['name']}"


@pytest.mark.parametrize("recorded", RECORDED, ids=name_of)
def test_the_table_row_of_a_built_in_object_equals_that_of_a_real_server(recorded):
    kind, now = KINDS[recorded["kind"]], datetime.fromisoformat(recorded["now"])
    shown = tables.table(kind, [recorded["object"]], now, {}, tables.TableOptions("None"))
    expected = {"cells": recorded["cells"], "object": None}
    if "conditions" in recorded:
        expected["conditions"] = recorded["conditions"]
    assert shown["rows"] == [expected]


@pytest.mark.parametrize(
    "kind",
    [k for k in KINDS.values() if "list" in k.verbs],
    ids=lambda k: f"{k.api_version}, {k.plural}",
)
def test_every_kind_that_can_be_listed_has_a_table(kind):
    obj = {"metadata": {"name": "x"}}
    shown = tables.table(kind, [obj], NOW, {}, tables.TableOptions("None"))
    cells = len(shown["rows"][0]["cells"]) - (kind.plural == "ipaddresses")
    assert cells == len(shown["columnDefinitions"])


def custom(*columns):
    return Kind("a.test", "v1", "as", "a", "A", True, columns=columns, definition={})


def cell(type_, value):
    """Returns the cell that the table of a custom kind has for a value in a column of a type."""
    kind = custom(Column("C", type_, ".spec.x"))
    obj = {"metadata": {"name": "x"}, "spec": {"x": value}}
    return tables.table(kind, [obj], NOW, {}, tables.TableOptions("None"))["rows"][0]["cells"][1]


@pytest.mark.parametrize(
    ("type_", "value", "shown"),
    [
        ("string", "text", "text"),
        ("string", "", ""),
        ("string", "<a&b>", "<a&b>"),
        ("string", 3, "3"),
        ("string", 1.5, "1.5"),
        ("string", 12345678.25, "1.234567825e+07"),
        ("string", 1e21, "1e+21"),
        ("string", -0.00001, "-1e-05"),
        ("string", True, "true"),
        ("string", None, "<no value>"),
        ("string", {"b": 1, "a": [1, "<"]}, r'{"a":[1,"\u003c"],"b":1}'),
        ("integer", 3, 3),
        ("integer", 1.5, 1),
        ("integer", "3", None),
        ("integer", True, None),
        ("number", 3, 3),
        ("number", 1.5, 1.5),
        ("boolean", True, True),
        ("boolean", "true", None),
        ("date", "2026-11-24T01:02:03Z", "12h"),
        ("date", "2026-11-24T01:02:03.5+01:00", "13h"),
        ("date", "0001-01-01T00:00:00Z", "<unknown>"),
        ("date", "2036-11-24T01:02:03Z", "<invalid>"),
        ("date", "text", "<invalid>"),
        ("date", 3, None),
    ],
)
def test_a_printer_column_shows_values_of_its_type(type_, value, shown):
    assert cell(type_, value) == shown


def test_a_column_shows_the_first_of_several_values_and_null_for_none():
    kind = custom(Column("A", "string", ".spec[*].n"), Column("B", "string", ".spec[7].n"))
    obj = {"metadata": {"name": "x"}, "spec": [{"n": "one"}, {"n": "two"}]}
    [row] = tables.table(kind, [obj], NOW, {}, tables.TableOptions("None"))["rows"]
    assert row["cells"] == ["x", "one", None]


def test_the_printer_columns_of_a_definition_are_described():
    columns = Column("A", "string", ".a"), Column("B", "date", ".b", "date", "since", 1)
    shown = tables.table(custom(*columns), [], NOW, {}, tables.TableOptions("None"))
    assert shown["columnDefinitions"][0] == data.columns("", "v1", "pods")[0]
    assert shown["columnDefinitions"][1:] == [
        {
            "name": "A",
            "type": "string",
            "format": "",
            "description": "Custom resource definition column (in JSONPath format): .a",
            "priority": 0,
        },
        {"name": "B", "type": "date", "format": "date", "description": "since", "priority": 1},
    ]


def test_a_table_of_a_kind_without_columns_shows_name_and_age():
    obj = {"metadata": {"name": "x", "creationTimestamp": "2026-11-24T13:28:00Z"}}
    shown = tables.table(custom(), [obj], NOW, {}, tables.TableOptions("None"))
    assert [column["name"] for column in shown["columnDefinitions"]] == ["Name", "Age"]
    assert shown["columnDefinitions"][1]["description"].startswith("CreationTimestamp is a")
    assert shown["rows"][0]["cells"] == ["x", "17s"]


def test_columns_from_the_first_invalid_json_path_on_are_left_out():
    paths = ".a", '.b["c"]', ".d"
    kind = custom(*(Column(path, "string", path) for path in paths))
    shown = tables.table(kind, [], NOW, {}, tables.TableOptions("None"))
    assert [column["name"] for column in shown["columnDefinitions"]] == ["Name", ".a"]


def test_include_object_selects_the_part_of_the_object_in_each_row():
    obj = {"kind": "A", "apiVersion": "a.test/v1", "metadata": {"name": "x"}, "spec": {}}

    def included(include):
        found = tables.table(custom(), [obj], NOW, {}, tables.TableOptions(include))
        return found["rows"][0]["object"]

    assert included("None") is None
    assert included("Object") == obj
    assert included("Metadata") == {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"name": "x"},
    }


def test_a_table_without_columns_has_null_column_definitions():
    shown = tables.table(custom(), [], NOW, {}, tables.TableOptions("None", with_columns=False))
    assert shown["columnDefinitions"] is None


def test_a_table_has_the_metadata_of_the_list_and_the_requested_version():
    options = tables.TableOptions("None", api_version="x/v1beta1")
    shown = tables.table(custom(), [], NOW, {"resourceVersion": "7"}, options)
    assert (shown["metadata"], shown["apiVersion"]) == ({"resourceVersion": "7"}, "x/v1beta1")
    assert shown["rows"] == []


@pytest.mark.parametrize("text", ["Metadata", "Object", "None"])
def test_include_object_may_be_metadata_object_or_none(text):
    assert tables.included(text) == text
    assert tables.included("") == "Metadata"


def test_any_other_value_of_include_object_is_refused():
    with pytest.raises(StatusError, match="includeObject: Invalid value") as refusal:
        tables.included("x")
    assert str(refusal.value) == (
        "Unable to convert to Table as requested: includeObject: "
        "Invalid value: \"x\": must be 'Metadata', 'Object', 'None', or empty"
    )


def test_a_bookmark_is_shown_as_a_row_of_empty_cells():
    metadata = {"resourceVersion": "7", "annotations": {"k8s.io/initial-events-end": "true"}}
    obj = {"kind": "Namespace", "apiVersion": "v1", "metadata": metadata}
    shown = tables.table(KINDS["/v1/namespaces"], [obj], NOW, {}, tables.TableOptions("Metadata"))
    assert shown["rows"][0]["cells"] == ["", "", "<unknown>"]
