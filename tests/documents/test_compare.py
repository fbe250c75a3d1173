"""Tests the comparison of an expected document with an object."""

import copy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kuscia_conformance.documents import Context, Mismatch, compare, fields, path_text, score
from kuscia_conformance.documents.operators import (
    Absent,
    Anything,
    Exact,
    OneOf,
    Or,
    Reference,
    Time,
)

CONTEXT = Context(nodes={"alice": ["node-1"]})
EARLY, LATE = "2024-01-01T00:00:00Z", "2024-01-01T00:00:05Z"


def texts(document, actual):
    return [(path_text(m.path), m.expected, m.actual) for m in compare(document, actual, CONTEXT)]


def test_fields_that_the_document_does_not_mention_are_ignored():
    assert texts({"phase": "Running"}, {"phase": "Running", "reason": "x"}) == []


def test_all_mismatches_are_reported_in_the_order_of_the_document():
    document = {"phase": "Running", "a": {"b": 1, "c": 2}, "z": "there"}
    actual = {"a": {"c": 3, "b": 4}, "phase": "Pending"}
    assert texts(document, actual) == [
        ("phase", "Running", "Pending"),
        ("a.b", "1", "4"),
        ("a.c", "2", "3"),
        ("z", "there", "absent"),
    ]


def test_the_order_of_keyed_lists_is_ignored():
    wanted = {"conditions": [{"type": "A", "status": "True"}, {"type": "B", "status": "False"}]}
    actual = {"conditions": [{"type": "B", "status": "True"}, {"type": "A", "status": "True"}]}
    assert texts(wanted, actual) == [("conditions[type=B].status", "False", "True")]


def test_a_party_is_identified_by_domain_and_role():
    wanted = {"partyTaskStatus": [{"domainID": "alice", "role": "host", "phase": "Failed"}]}
    actual = {"partyTaskStatus": [{"domainID": "alice", "role": "guest", "phase": "Failed"}]}
    assert texts(wanted, actual) == [
        ("partyTaskStatus[domainID=alice,role=host]", "present", "absent")
    ]


def test_exact_refuses_entries_that_the_document_does_not_mention():
    wanted: dict[str, object] = {"podStatuses": Exact({"alice/a-0": {"podPhase": "Running"}})}
    actual = {"podStatuses": {"alice/a-0": {"podPhase": "Running", "x": 1}, "bob/b-0": {}}}
    assert texts(wanted, actual) == [("podStatuses[bob/b-0]", "absent", "{}")]
    parties = {"partyTaskStatus": Exact([{"domainID": "alice"}])}
    found = {"partyTaskStatus": [{"domainID": "alice"}, {"domainID": "bob"}]}
    assert texts(parties, found) == [("partyTaskStatus[domainID=bob]", "absent", "{domainID: bob}")]


def test_absent_refuses_a_field_or_item_that_exists():
    assert texts({"completionTime": Absent()}, {}) == []
    assert texts({"completionTime": Absent()}, {"completionTime": LATE}) == [
        ("completionTime", "absent", LATE)
    ]
    wanted = {"conditions": [Absent({"type": "Success"})]}
    assert texts(wanted, {"conditions": [{"type": "Running"}]}) == []
    assert texts(wanted, {"conditions": [{"type": "Success"}]}) == [
        ("conditions[type=Success]", "absent", "{type: Success}")
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        {"conditions": [Absent({"type": "A"}), Absent({"type": "B"})]},
        {"podStatuses": {"alice/a-0": Absent(), "bob/b-0": {"startTime": Absent()}}},
    ],
)
def test_a_part_of_only_absent_fields_matches_a_missing_part(wanted):
    assert texts(wanted, {}) == []
    assert score(wanted, {}) == fields(wanted) == 2


@pytest.mark.parametrize(
    "wanted", [{"a": Absent(), "b": 1}, Exact({"a": Absent()}), {"a": Absent(), "b": {}}]
)
def test_a_part_with_more_than_absent_fields_must_be_present(wanted):
    assert texts({"x": wanted}, {}) == [("x", "present", "absent")]


def test_an_absent_item_is_identified_by_all_its_fields():
    wanted = {"partyTaskStatus": [Absent({"domainID": "bob", "phase": "Failed"})]}
    parties = [{"domainID": "bob", "role": "host", "phase": "Running"}]
    assert texts(wanted, {"partyTaskStatus": parties}) == []
    parties += [{"domainID": "bob", "role": "guest", "phase": "Failed"}]
    assert texts(wanted, {"partyTaskStatus": parties}) == [
        (
            "partyTaskStatus[domainID=bob,role=guest]",
            "absent",
            "{domainID: bob, role: guest, phase: Failed}",
        )
    ]


def test_an_item_of_a_keyed_list_may_be_exact():
    wanted = {"conditions": [Exact({"type": "A"})]}
    assert texts(wanted, {"conditions": [{"type": "A"}, {"type": "B"}]}) == []
    assert texts(wanted, {"conditions": [{"type": "A", "status": "True"}]}) == [
        ("conditions[type=A].status", "absent", "True")
    ]


def test_one_of_may_include_absent():
    assert texts({"role": OneOf(("host", Absent()))}, {}) == []
    assert texts({"role": OneOf(("host", Anything()))}, {}) == [
        ("role", "host or any value", "absent")
    ]


def test_a_key_of_any_name_stands_for_the_one_entry_that_begins_so():
    wanted = {"podStatuses": Exact({"bob/*": {"podPhase": "Running", "podName": Anything()}})}
    entry = {"podPhase": "Running", "podName": "as-it-likes"}
    assert texts(wanted, {"podStatuses": {"bob/as-it-likes": entry}}) == []
    assert texts(wanted, {"podStatuses": {"bob/one": entry, "alice/one": {}}}) == [
        ("podStatuses[alice/one]", "absent", "{}"),
    ]
    assert texts(wanted, {"podStatuses": {"bob/x": {"podPhase": "Failed"}}}) == [
        ("podStatuses[bob/*].podPhase", "Running", "Failed"),
        ("podStatuses[bob/*].podName", "any value", "absent"),
    ]
    assert texts(wanted, {"podStatuses": {"bob/x": entry, "bob/y": entry}}) == [
        ("podStatuses[bob/*]", "one entry", "2: bob/x, bob/y"),
    ]
    assert texts(wanted, {"podStatuses": {}}) == [("podStatuses[bob/*]", "present", "absent")]


def test_a_path_may_lead_through_a_key_of_any_name():
    wanted = {"podStatuses": {"bob/*": {"startTime": Time(after=".createTime")}}}
    times = {"createTime": LATE, "startTime": EARLY}
    assert texts(wanted, {"podStatuses": {"bob/x": {**times, "startTime": LATE}}}) == []
    [(path, *_)] = texts(wanted, {"podStatuses": {"bob/x": times}})
    assert path == "podStatuses[bob/*].startTime"


@pytest.mark.parametrize("said", [{"message": "boom"}, {"reason": "Boom"}])
def test_or_accepts_a_text_in_either_place(said):
    assert texts({"message": Or("reason")}, said) == []


@pytest.mark.parametrize("said", [{}, {"reason": ""}, {"message": " "}, {"reason": None}])
def test_or_refuses_what_says_nothing_in_both_places(said):
    [(path, expected, _)] = texts({"message": Or("reason")}, said)
    assert (path, expected) == ("message", "a text here or in reason")


def test_a_duplicate_key_in_a_keyed_list_is_a_mismatch():
    actual = {"conditions": [{"type": "A", "status": "True"}] * 2}
    assert texts({"conditions": [{"type": "A", "status": "True"}]}, actual) == [
        ("conditions[type=A]", "once", "2 times")
    ]


def test_a_missing_part_counts_as_a_mismatch_of_all_its_fields():
    document = {"phase": "Running", "podStatuses": {"a": {"x": 1, "y": 2}}}
    assert fields(document) == 3
    assert score(document, {"phase": "Running"}) == 1
    assert score(document, {}) == 0
    assert score(document, {"phase": "Running", "podStatuses": {"a": {"x": 1, "y": 3}}}) == 2


def test_times_are_compared_with_other_times_of_the_document():
    document = {"end": Time(after="start"), "pod": {"ready": Time(after=".created", before="end")}}
    actual = {"start": EARLY, "end": LATE, "pod": {"created": EARLY, "ready": LATE}}
    assert texts(document, actual) == []
    actual = {"start": LATE, "end": EARLY, "pod": {"created": EARLY, "ready": LATE}}
    assert texts(document, actual) == [
        ("end", "a time not before start", EARLY),
        ("pod.ready", "a time not before .created not after end", LATE),
    ]


def test_a_time_whose_bound_is_missing_is_a_mismatch():
    assert texts({"end": Time(after="start")}, {"end": LATE}) != []


def test_a_reference_must_equal_the_value_that_it_refers_to():
    document = {"a": {"number": Reference("b.number")}}
    assert texts(document, {"a": {"number": 1}, "b": {"number": 1}}) == []
    assert texts(document, {"a": {"number": 1}, "b": {"number": 2}}) == [
        ("a.number", "the value of b.number", "1")
    ]


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        (1, "1", ("1", '"1"')),
        (1, True, ("1", "true")),
        ("true", True, ('"true"', "true")),
        ("", None, ('""', "null")),
        ("boom", "boom ", ("boom", '"boom "')),
        ({}, [], ("{}", "[]")),
        ({"a": Anything()}, [1], ("{a: any value}", "[1]")),
        ([Anything()], {"a": 1}, ("[any value]", "{a: 1}")),
        (Exact({"a": 1}), "a", ("{a: 1}", "a")),
    ],
)
def test_values_of_different_types_differ(expected, actual, shown):
    assert compare({"x": expected}, {"x": actual}) == (Mismatch(("x",), *shown),)


@pytest.mark.parametrize("expected", [{}, [], [1], {"a": {"b": 1}}, Exact({"a": 1}), Exact([])])
def test_a_missing_part_is_reported_as_expected_to_be_present(expected):
    assert texts({"x": expected}, {}) == [("x", "present", "absent")]
    assert score({"x": expected}, {}) == 0


def test_plain_lists_are_compared_item_by_item_in_order():
    wanted = {"x": [{"a": 1}, Anything(), Exact({"b": 1})]}
    assert texts(wanted, {"x": [{"a": 1, "b": 2}, 5, {"b": 1}]}) == []
    assert texts(wanted, {"x": [{"a": 2, "b": 2}, 5, {"b": 1, "c": 1}, "more"]}) == [
        ("x[0].a", "1", "2"),
        ("x[2].c", "absent", "1"),
        ("x[3]", "absent", "more"),
    ]
    assert texts(wanted, {"x": [{"a": 1}]}) == [
        ("x[1]", "any value", "absent"),
        ("x[2]", "present", "absent"),
    ]
    assert texts({"x": [1, 2]}, {"x": [2, 1]}) == [("x[0]", "1", "2"), ("x[1]", "2", "1")]


def test_a_keyed_list_that_is_not_a_list_is_one_mismatch():
    assert texts({"conditions": [{"type": "A"}]}, {"conditions": {"type=A": {"type": "A"}}}) == [
        ("conditions", "[{type: A}]", "{type=A: {type: A}}")
    ]


def test_items_without_a_key_are_reported_and_raise_no_error():
    actual = {"conditions": ["A", {"status": "True"}, {"type": ["A"]}, {"type": "A"}]}
    assert texts({"conditions": [{"type": "A"}]}, actual) == [("conditions[]", "once", "3 times")]


def test_an_unexpected_entry_is_reported_at_its_place_in_the_document():
    document = {"pods": Exact({"a": 1}), "phase": "Running"}
    assert texts(document, {"pods": {"a": 1, "b": 2}, "phase": "Failed"}) == [
        ("pods.b", "absent", "2"),
        ("phase", "Running", "Failed"),
    ]


def test_keys_with_special_characters_are_compared():
    document = {"__private": 1, "a'b\"c": {"d.e[f]": 1}, "": 1}
    assert [
        m.path for m in compare(document, {"__private": 2, "a'b\"c": {"d.e[f]": 2}, "": 2})
    ] == [
        ("__private",),
        ("a'b\"c", "d.e[f]"),
        ("",),
    ]


LEAVES = (
    st.none()
    | st.integers()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text("ab:' ", max_size=4)
)
KEYS = st.sampled_from(
    ["a", "b", "alice/psi-0", "it's", 'a"b', "with.dot", "with[brackets]", "__x", "0", ""]
)


def documents_of(inner):
    """Generates mappings, plain lists and keyed lists of smaller documents."""
    conditions = st.lists(inner, max_size=3).map(
        lambda states: [
            {"type": n, "status": state} for n, state in zip("ABC", states, strict=False)
        ]
    )
    keyed = st.fixed_dictionaries({"conditions": conditions})
    return st.dictionaries(KEYS, inner, max_size=4) | st.lists(inner, max_size=3) | keyed


OBJECTS = st.dictionaries(KEYS, st.recursive(LEAVES, documents_of, max_leaves=12), max_size=4)


def places(value, path=()):
    """Yields for every leaf its path as `compare` reports it, its container, and its key."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        is_item = path[-1:] == ("conditions",)
        here = (*path, f"type={inner['type']}" if is_item else str(key))
        if isinstance(inner, dict | list) and inner:
            yield from places(inner, here)
        elif key != "type":
            yield here, value, key


@given(OBJECTS)
def test_a_document_matches_itself(document):
    assert compare(document, copy.deepcopy(document)) == ()
    assert compare(Exact(document), copy.deepcopy(document)) == ()
    assert score(document, document) == fields(document)


@given(OBJECTS, st.data())
def test_a_change_is_reported_at_its_path_and_nowhere_else(document, data):
    actual = copy.deepcopy(document)
    leaves = list(places(actual))
    assume(leaves)
    path, holder, key = data.draw(st.sampled_from(leaves))
    holder[key] = "changed"
    assert [m.path for m in compare(document, actual)] == [path]


@given(OBJECTS, st.data())
def test_a_removal_is_reported_at_its_path_and_nowhere_else(document, data):
    actual = copy.deepcopy(document)
    leaves = [place for place in places(actual) if isinstance(place[1], dict)]
    assume(leaves)
    path, holder, key = data.draw(st.sampled_from(leaves))
    del holder[key]
    assert [(m.path, m.actual) for m in compare(document, actual)] == [(path, "absent")]


@given(OBJECTS, KEYS, LEAVES)
def test_an_additional_field_is_reported_only_in_an_exact_document(document, key, value):
    assume(key not in document)
    actual = {**copy.deepcopy(document), key: value}
    assert compare(document, actual) == ()
    assert [m.path for m in compare(Exact(document), actual)] == [(key,)]
