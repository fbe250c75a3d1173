"""Tests the check of documents against the status schema.

It refuses fields that a status does not have, and list items without an identifying key.
"""

import pytest
import yaml

from kuscia_conformance.documents.load import document_from
from kuscia_conformance.documents.schema import Checker
from kuscia_conformance.errors import DocumentError

TIMES = {"startTime": {"type": "string"}, "createTime": {"type": "string"}}
CONDITION = {"properties": {"type": {"type": "string"}, "status": {"type": "string"}}}
PARTY = {"properties": {"domainID": {}, "role": {}, "phase": {"type": "string"}}}
SCHEMA = {
    "properties": {
        "phase": {"type": "string"},
        "startTime": {"type": "string"},
        "conditions": {"items": CONDITION},
        "partyTaskStatus": {"items": PARTY},
        "podStatuses": {"additionalProperties": {"properties": TIMES}},
        "anything": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "names": {"items": {"type": "string"}},
    }
}


@pytest.mark.parametrize(
    "text",
    [
        "phase: !re x",
        "phase: !one-of [Running, !re x]",
        "conditions: [{type: A}, {type: B, status: !any}, !absent {type: C}]",
        "conditions: !exact [!exact {type: A}]",
        "conditions: !any",
        "partyTaskStatus: [{domainID: a}, {domainID: a, role: b}, {domainID: b, role: !absent}]",
        "podStatuses: !exact {alice/a-0: {startTime: !time {after: .createTime}}}",
        "podStatuses: {alice/a-0: !absent, bob/b-0: !exact {startTime: !time}}",
        "startTime: !time {after: 'podStatuses[alice/a-0].createTime'}",
        "phase: !ref conditions[type=A].status",
        "anything: {a: [{b: 1}]}",
        "names: [a, !any]",
        "phase: !between [1, 2]",
    ],
)
def test_a_document_that_fits_the_schema_is_accepted(text):
    document_from(text, schema=SCHEMA)
    document_from(text)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("\nstartTme: !time", "2:1: the status has no startTme", "did you mean startTime? valid"),
        ("zzz: 1", "1:1: the status has no zzz", "valid: anything, conditions, names, "),
        ("phase: {x: 1}", "1:9: the status has no phase.x", "there are no fields here"),
        ("phase: [x]", "1:8: the status has no phase[0]", "there are no fields here"),
        (
            "podStatuses: !exact\n  alice/a-0: {startTme: x}",
            "2:15: the status has no podStatuses[alice/a-0].startTme",
            "did you mean startTime? valid: createTime, startTime",
        ),
        (
            "conditions: [{type: A, stat: x}]",
            "1:24: the status has no conditions[0].stat",
            "did you mean status?",
        ),
        (
            "conditions: [!absent {typ: A}]",
            "1:23: the status has no conditions[0].typ",
            "did you mean type?",
        ),
        ("phase: !ref phasee", "1:8: the status has no phasee", "did you mean phase?"),
        ("phase: !one-of [!ref phasee]", "1:17: the status has no phasee", "did you mean phase?"),
        (
            "startTime: !time {after: startTime, before: 'conditions[type=A].stat'}",
            "1:45: the status has no conditions[type=A].stat",
            "did you mean status?",
        ),
        (
            "podStatuses: {a: {startTime: !time {after: .creatTime}}}",
            "1:44: the status has no podStatuses.a.creatTime",
            "did you mean createTime?",
        ),
    ],
)
def test_a_field_that_the_schema_does_not_have_is_refused_with_a_hint(text, message, hint):
    with pytest.raises(DocumentError) as error:
        document_from(text, schema=SCHEMA)
    assert error.value.message == f"document:{message}"
    assert error.value.hint.startswith(hint)


BY_TYPE = "an item of conditions is identified by type, as in {type: …}"
BY_PARTY = "an item of partyTaskStatus is identified by domainID and role, as in {domainID: …}"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("conditions: [{status: x}]", "1:14: it is unclear which item this is", BY_TYPE),
        ("conditions: [{type: !re A}]", "1:14: it is unclear which item this is", BY_TYPE),
        ("conditions: [A]", "1:14: it is unclear which item this is", BY_TYPE),
        ("conditions: [!any]", "1:14: it is unclear which item this is", BY_TYPE),
        ("conditions: [!absent]", "1:14: it is unclear which item this is", BY_TYPE),
        ("partyTaskStatus: [{role: x}]", "1:19: it is unclear which item this is", BY_PARTY),
        (
            "partyTaskStatus: [{domainID: a, role: !any}]",
            "1:19: it is unclear which item this is",
            BY_PARTY,
        ),
        (
            "conditions:\n- {type: A}\n- {type: A}",
            "3:3: conditions[type=A] occurs twice, first in line 2",
            "",
        ),
        (
            "names: [a, !absent]",
            "1:12: !absent is not possible in a list whose items have no key",
            "the list is compared whole and in order: leave the item out",
        ),
        (
            "phase: !absent {type: A}",
            "1:8: !absent with a mapping is for keyed lists only",
            "keyed lists are conditions, partyTaskStatus, allocatedPorts; elsewhere write !absent",
        ),
        (
            "phase: !one-of [x, !absent {type: A}]",
            "1:20: !absent with a mapping is for keyed lists only",
            "keyed lists are conditions, partyTaskStatus, allocatedPorts; elsewhere write !absent",
        ),
    ],
)
def test_an_item_of_a_keyed_list_must_have_a_unique_key(text, message, hint):
    with pytest.raises(DocumentError) as error:
        document_from(text)
    assert (error.value.message, error.value.hint) == (f"document:{message}", hint)


def test_all_problems_of_a_document_are_found():
    text = """
    phase: [x]
    names: [!absent , y]
    conditions: [A, {type: B}, {stat: x}]
    startTime: !time {after: a, before: b}
    zzz: 1
    """
    node = yaml.compose(text)
    assert node is not None
    assert [problem.text for problem in Checker(SCHEMA).check(node, SCHEMA)] == [
        "the status has no phase[0]",
        "!absent is not possible in a list whose items have no key",
        "it is unclear which item this is",
        "it is unclear which item this is",
        "the status has no conditions[2].stat",
        "the status has no a",
        "the status has no b",
        "the status has no zzz",
    ]
