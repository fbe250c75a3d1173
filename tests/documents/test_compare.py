import copy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.documents import Context, Mismatch, compare, fields, path_text, score
from harness.documents.operators import (
    Absent,
    Anything,
    Between,
    Exact,
    NodeOf,
    OneOf,
    Reference,
    Regex,
    Time,
)

CONTEXT = Context(nodes={"alice": ["node-1"]})
EARLY, LATE = "2024-01-01T00:00:00Z", "2024-01-01T00:00:05Z"


def texts(document, actual):
    return [(path_text(m.path), m.expected, m.actual) for m in compare(document, actual, CONTEXT)]


def test_what_the_document_does_not_mention_is_not_compared():
    assert texts({"phase": "Running"}, {"phase": "Running", "reason": "x"}) == []


def test_every_mismatch_at_once_in_the_documents_order():
    document = {"phase": "Running", "a": {"b": 1, "c": 2}, "z": "there"}
    actual = {"a": {"c": 3, "b": 4}, "phase": "Pending"}
    assert texts(document, actual) == [
        ("phase", "Running", "Pending"),
        ("a.b", "1", "4"),
        ("a.c", "2", "3"),
        ("z", "there", "absent"),
    ]


def test_keyed_lists_have_no_order():
    wanted = {"conditions": [{"type": "A", "status": "True"}, {"type": "B", "status": "False"}]}
    actual = {"conditions": [{"type": "B", "status": "True"}, {"type": "A", "status": "True"}]}
    assert texts(wanted, actual) == [("conditions[type=B].status", "False", "True")]


def test_a_party_is_told_by_domain_and_role():
    wanted = {"partyTaskStatus": [{"domainID": "alice", "role": "host", "phase": "Failed"}]}
    actual = {"partyTaskStatus": [{"domainID": "alice", "role": "guest", "phase": "Failed"}]}
    assert texts(wanted, actual) == [
        ("partyTaskStatus[domainID=alice,role=host]", "present", "absent")
    ]


def test_exact_refuses_what_is_not_mentioned():
    wanted: dict[str, object] = {"podStatuses": Exact({"alice/a-0": {"podPhase": "Running"}})}
    actual = {"podStatuses": {"alice/a-0": {"podPhase": "Running", "x": 1}, "bob/b-0": {}}}
    assert texts(wanted, actual) == [("podStatuses[bob/b-0]", "absent", "{}")]
    parties = {"partyTaskStatus": Exact([{"domainID": "alice"}])}
    found = {"partyTaskStatus": [{"domainID": "alice"}, {"domainID": "bob"}]}
    assert texts(parties, found) == [("partyTaskStatus[domainID=bob]", "absent", "{domainID: bob}")]


def test_absent():
    assert texts({"completionTime": Absent()}, {}) == []
    assert texts({"completionTime": Absent()}, {"completionTime": LATE}) == [
        ("completionTime", "absent", LATE)
    ]
    wanted = {"conditions": [Absent({"type": "Success"})]}
    assert texts(wanted, {"conditions": [{"type": "Running"}]}) == []
    assert texts(wanted, {"conditions": [{"type": "Success"}]}) == [
        ("conditions[type=Success]", "absent", "{type: Success}")
    ]


def test_a_key_that_stands_twice_is_a_mismatch():
    actual = {"conditions": [{"type": "A", "status": "True"}] * 2}
    assert texts({"conditions": [{"type": "A", "status": "True"}]}, actual) == [
        ("conditions[type=A]", "once", "2 times")
    ]


def test_a_missing_part_counts_all_its_fields():
    document = {"phase": "Running", "podStatuses": {"a": {"x": 1, "y": 2}}}
    assert fields(document) == 3
    assert score(document, {"phase": "Running"}) == 1
    assert score(document, {}) == 0
    assert score(document, {"phase": "Running", "podStatuses": {"a": {"x": 1, "y": 3}}}) == 2


@pytest.mark.parametrize(
    ("operator", "good", "bad"),
    [
        (Anything(), [1, "", False], [None]),
        (Regex("a.c"), ["abc", "a\nc"], ["abcd", 1, None]),
        (Between(1, 3), [1, 2.5, 3], [0.9, 4, "2", True]),
        (Time(), [EARLY], ["2024-01-01", "2024-01-01T00:00:00.5Z", "2024-13-01T00:00:00Z", 1]),
        (OneOf(("a", 1, Regex("x+"))), ["a", 1, "xx"], ["b", True, "1"]),
        (NodeOf("alice"), ["node-1"], ["node-2", None]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_operators(operator, good, bad):
    for value in good:
        assert texts({"x": operator}, {"x": value}) == []
    for value in bad:
        [mismatch] = compare({"x": operator}, {"x": value}, CONTEXT)
        assert mismatch.expected == operator.wants()


def test_times_are_compared_with_others_of_the_document():
    document = {"end": Time(after="start"), "pod": {"ready": Time(after=".created", before="end")}}
    actual = {"start": EARLY, "end": LATE, "pod": {"created": EARLY, "ready": LATE}}
    assert texts(document, actual) == []
    actual = {"start": LATE, "end": EARLY, "pod": {"created": EARLY, "ready": LATE}}
    assert texts(document, actual) == [
        ("end", "a time not before start", EARLY),
        ("pod.ready", "a time not before .created not after end", LATE),
    ]


def test_a_bound_that_is_missing_is_not_kept():
    assert texts({"end": Time(after="start")}, {"end": LATE}) != []


def test_references():
    document = {"a": {"number": Reference("b.number")}}
    assert texts(document, {"a": {"number": 1}, "b": {"number": 1}}) == []
    assert texts(document, {"a": {"number": 1}, "b": {"number": 2}}) == [
        ("a.number", "the value of b.number", "1")
    ]


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        (1, "1", ("1", "'1'")),
        ("true", True, ("'true'", "true")),
        ("", None, ("''", "null")),
        ([1, 2], [1], ("[1, 2]", "[1]")),
    ],
)
def test_values_of_other_kinds_differ(expected, actual, shown):
    mismatches = compare({"x": expected}, {"x": actual})
    assert mismatches
    if not isinstance(expected, list):
        assert mismatches == (Mismatch(("x",), *shown),)


KEYS = st.sampled_from(["a", "b", "c", "alice/psi-0", "it's", 'a"b', "with.dot", "with[brackets]"])
LEAVES = st.one_of(st.integers(), st.booleans(), st.text("ab:' ", max_size=4))
CONDITIONS = st.dictionaries(st.sampled_from("ABC"), st.sampled_from(["True", "False"])).map(
    lambda found: [{"type": kind, "status": status} for kind, status in found.items()]
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(KEYS, inner, max_size=4),
        st.fixed_dictionaries({"conditions": CONDITIONS}),
    ),
    max_leaves=12,
).filter(lambda document: isinstance(document, dict))


def places(document, path=()):
    """Every leaf of a document: its path as `compare` tells it, and its own holder and key."""
    for key, value in document.items():
        if key == "conditions" and isinstance(value, list):
            for item in value:
                yield (*path, key, f"type={item['type']}", "status"), item, "status"
        elif isinstance(value, dict):
            yield from places(value, (*path, key))
        else:
            yield (*path, key), document, key


@given(DOCUMENTS)
def test_a_document_matches_itself(document):
    assert compare(document, copy.deepcopy(document)) == ()


@given(DOCUMENTS, st.data())
def test_a_change_is_reported_at_its_path_and_nowhere_else(document, data):
    actual = copy.deepcopy(document)
    leaves = list(places(actual))
    assume(leaves)
    path, holder, key = data.draw(st.sampled_from(leaves))
    holder[key] = "changed"
    assert [m.path for m in compare(document, actual)] == [path]


@given(DOCUMENTS, st.data())
def test_a_removal_is_reported_at_its_path_and_nowhere_else(document, data):
    actual = copy.deepcopy(document)
    leaves = list(places(actual))
    assume(leaves)
    path, holder, key = data.draw(st.sampled_from(leaves))
    del holder[key]
    assert [(m.path, m.actual) for m in compare(document, actual)] == [(path, "absent")]


@given(DOCUMENTS, KEYS, LEAVES)
def test_an_addition_is_reported_only_where_it_is_exact(document, key, value):
    assume(key not in document)
    actual = {**copy.deepcopy(document), key: value}
    assert compare(document, actual) == ()
    assert [m.path for m in compare(Exact(document), actual)] == [(key,)]
