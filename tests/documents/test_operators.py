"""Tests each operator: accepted values, refused values, its text, and invalid arguments."""

import pytest

from kuscia_conformance.documents import Context
from kuscia_conformance.documents.load import document_from
from kuscia_conformance.documents.operators import MISSING, OPERATORS, value_text
from kuscia_conformance.errors import DocumentError

EARLY, LATE = "2024-01-01T00:00:00Z", "2024-01-01T00:00:05Z"
CONTEXT = Context(
    nodes={"alice": {"node-1"}},
    root={"start": EARLY, "end": LATE, "port": 8080, "pod": {"ready": LATE}},
    at=("pod", "created"),
)


def operator(text):
    return document_from(f"x: {text}")["x"]


@pytest.mark.parametrize(
    ("text", "wants", "good", "bad"),
    [
        ("!any", "any value", ["", 0, False, [], {}], [None, MISSING]),
        ("!absent", "absent", [MISSING], [None, "", 0, {}]),
        ("!re a.c", "a text like /a.c/", ["abc", "a\nc"], ["abcd", "ABC", 1, None, MISSING]),
        ('!re ""', "a text like //", [""], ["x", MISSING]),
        ("!re 10", "a text like /10/", ["10"], [10]),
        ("!between [1, 3]", "a number from 1 to 3", [1, 2.5, 3], [0.9, 4, "2", True, MISSING]),
        ("!between [2, 2]", "a number from 2 to 2", [2], [1, 3]),
        (
            "!time",
            "a time",
            [EARLY, "2024-02-29T23:59:59Z"],
            [
                "2024-01-01",
                "2024-01-01T00:00:00.5Z",
                "2024-01-01T00:00:00+00:00",
                "2024-01-01t00:00:00z",
                "2023-02-29T00:00:00Z",
                1704067200,
                [],
                None,
                MISSING,
            ],
        ),
        (
            "!time {after: start, before: end}",
            "a time not before start not after end",
            [EARLY, LATE],
            ["2023-12-31T23:59:59Z", "2024-01-01T00:00:06Z", "x"],
        ),
        ("!time {after: .ready}", "a time not before .ready", [LATE], [EARLY]),
        ("!time {after: nowhere}", "a time not before nowhere", [], [LATE]),
        ("!time {later: .ready}", "a time after .ready", ["2024-01-01T00:00:06Z"], [LATE, EARLY]),
        ("!time {later: nowhere}", "a time after nowhere", [], [LATE]),
        ("!time {before: port}", "a time not after port", [], [EARLY]),
        ("!ref port", "the value of port", [8080], [8081, "8080", 8080.0, None, MISSING]),
        ("!ref .ready", "the value of .ready", [LATE], [EARLY]),
        ("!ref nowhere", "the value of nowhere", [], ["", None, MISSING]),
        (
            "!one-of [a, 1, !re x+, null]",
            "a or 1 or a text like /x+/ or null",
            ["a", 1, "xx", None],
            ["b", "1", True, 1.0, MISSING],
        ),
        ("!one-of [a, !absent]", "a or absent", ["a", MISSING], ["b", None]),
        ("!one-of [!exact {a: 1}, 2]", "exactly {a: 1} or 2", [{"a": 1}, 2], [{"a": 1, "b": 2}]),
        ("!node-of alice", "a node of alice", ["node-1"], ["node-2", "", {}, [], None, MISSING]),
        ("!node-of carol", "a node of carol", [], ["node-1"]),
    ],
)
def test_an_operator_accepts_and_refuses_the_expected_values(text, wants, good, bad):
    rule = operator(text)
    assert rule.wants() == wants
    assert [value for value in good if not rule.accepts(value, CONTEXT)] == []
    assert [value for value in bad if rule.accepts(value, CONTEXT)] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!any 3", "takes nothing"),
        ("!any {}", "takes nothing"),
        ("!absent x", "takes nothing, or in a keyed list the fields of an item"),
        ("!absent {}", "takes nothing, or in a keyed list the fields of an item"),
        ("!re", "takes a regular expression"),
        ("!re [a]", "takes a regular expression"),
        ("!re (", "'(' is not a regular expression: missing ), unterminated subpattern"),
        ("!between", "takes two numbers, the smaller first"),
        ("!between [1]", "takes two numbers, the smaller first"),
        ("!between [3, 1]", "takes two numbers, the smaller first"),
        ("!between [true, 3]", "takes two numbers, the smaller first"),
        ("!between [a, b]", "takes two numbers, the smaller first"),
        ("!time now", "takes nothing, or {after: PATH, before: PATH, later: PATH}"),
        ("!time {since: start}", "takes nothing, or {after: PATH, before: PATH, later: PATH}"),
        ("!time {after: [start]}", "takes a path, such as conditions[type=Running].status"),
        ("!time {after: null}", "takes a path, such as conditions[type=Running].status"),
        ("!time {after: a..b}", "'a..b' is not a path such as"),
        ("!ref", "takes a path, such as conditions[type=Running].status"),
        ("!ref {a: b}", "takes a path, such as conditions[type=Running].status"),
        ("!ref ..a", "'.a' is not a path such as"),
        ("!one-of a", "takes a list"),
        ("!one-of []", "takes a list"),
        ("!node-of", "takes the name of a domain"),
        ("!node-of [alice]", "takes the name of a domain"),
        ("!exact x", "takes a mapping or a list"),
        ("!exact", "takes a mapping or a list"),
    ],
)
def test_an_operator_with_an_invalid_argument_is_refused(text, message):
    with pytest.raises(DocumentError) as error:
        operator(text)
    tag = text.split()[0]
    assert error.value.message.startswith(f"document:1:4: {tag}: {message}")
    assert error.value.hint == f"as in `{OPERATORS[tag[1:]].example}`"


@pytest.mark.parametrize("text", ["!time {after: !any}", "!between [!any, 3]", "!absent {a: !any}"])
def test_operators_are_refused_in_arguments_that_need_plain_values(text):
    with pytest.raises(DocumentError, match="!any: operators are not allowed in the argument of !"):
        operator(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Running", "Running"),
        ("a b: c", "a b: c"),
        ("", '""'),
        ("true", '"true"'),
        ("absent", '"absent"'),
        ("8080", '"8080"'),
        ("-1.5", '"-1.5"'),
        ("boom ", '"boom "'),
        ("a\nb", '"a\\nb"'),
        ("爱丽丝", "爱丽丝"),
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        (MISSING, "absent"),
        ({"a": [1, "1"]}, '{a: [1, "1"]}'),
    ],
)
def test_values_are_shown_as_they_would_be_written_in_a_document(value, text):
    assert value_text(value) == text
