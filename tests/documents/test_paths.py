"""Tests the paths into documents."""

import pytest

from kuscia_conformance.documents import path_from, path_text, value_at
from kuscia_conformance.documents.paths import path_beside

DOCUMENT = {
    "phase": "Running",
    "conditions": [{"type": "A", "status": "True"}],
    "partyTaskStatus": [{"domainID": "alice", "role": "host", "phase": "Failed"}],
    "podStatuses": {"alice/psi-0": {"podPhase": "Pending"}},
    "list": [1, 2],
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("phase", "Running"),
        ("conditions[type=A].status", "True"),
        ("conditions[type=B].status", None),
        ("partyTaskStatus[domainID=alice,role=host].phase", "Failed"),
        ("podStatuses[alice/psi-0].podPhase", "Pending"),
        ("phase.below", None),
    ],
)
def test_a_path_leads_to_its_value(text, value):
    assert path_text(path_from(text)) == text
    assert value_at(DOCUMENT, path_from(text)) == value


def test_a_path_into_a_plain_list_uses_the_index():
    assert value_at(DOCUMENT, ("list", "1")) == 2
    assert value_at(DOCUMENT, ("list", "2")) is None


def test_of_several_variables_with_one_name_a_path_names_the_last():
    env = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}, {"name": "B", "value": "3"}]
    assert value_at({"env": env}, path_from("env[name=A].value")) == "2"
    assert value_at({"ports": env}, path_from("ports[name=A].value")) == "1"


def test_the_path_of_the_whole_document_is_a_dot():
    assert path_text(()) == "."


@pytest.mark.parametrize("text", ["", "a..b", "[", "a[b", "a b", ".a"])
def test_an_invalid_path_is_refused(text):
    with pytest.raises(ValueError, match="is not a path"):
        path_from(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [("a.b", ("a", "b")), (".b", ("pod", "b")), (".b.c", ("pod", "b", "c"))],
)
def test_a_leading_dot_names_a_neighbour(text, path):
    assert path_beside(text, ("pod", "created")) == path


@pytest.mark.parametrize("key", ["a[b]", "]", "[", "a\\", "", "a]b.c[d", "²", "a b", "\n", "0"])
def test_a_path_with_any_key_is_read_as_it_was_written(key):
    assert path_from(path_text(("podStatuses", key, "phase"))) == ("podStatuses", key, "phase")


def test_no_item_of_a_list_has_a_place_that_is_no_decimal_number():
    assert value_at(DOCUMENT, ("list", "²")) is None
