"""Tests the tools of `tests.apiserver.questions` that make answers comparable."""

from typing import Any

import pytest

from tests.apiserver.questions.compare import compare, complaints
from tests.apiserver.questions.files import Difference
from tests.apiserver.questions.normal import in_words, words_of
from tests.apiserver.questions.values import changed, filled, look_up

UID = "0a1b2c3d-0000-4000-8000-00000000000a"


def worded(answers, question=""):
    return in_words(answers, words_of(answers, question))


def obj(version, uid=UID, **fields):
    return {"metadata": {"uid": uid, "resourceVersion": version, **fields}}


def test_versions_of_objects_are_numbered_in_ascending_order():
    early, late = worded([obj("100"), obj("99")])
    assert early["metadata"]["resourceVersion"] == "version-2"
    assert late["metadata"]["resourceVersion"] == "version-1"


def test_the_version_of_a_list_names_the_newest_object_that_it_includes():
    listed = {"metadata": {"resourceVersion": "50"}}
    assert worded([obj("40"), obj("60"), listed])[2] == {
        "metadata": {"resourceVersion": "includes version-1"}
    }


def test_the_same_uid_always_becomes_the_same_word():
    other = UID.replace("a", "b")
    first, second, again = worded([obj("1"), obj("2", other), obj("3")])
    assert first["metadata"]["uid"] == again["metadata"]["uid"] == "uid-1"
    assert second["metadata"]["uid"] == "uid-2"


def test_generated_names_are_numbered():
    answer = obj("1", generateName="many-", name="many-x7x7x")
    assert worded(answer)["metadata"]["name"] == "many-generated-1"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("2026-01-02T03:04:05Z", "time"),
        ("2026-01-02T03:04:05.000006Z", "time to the microsecond"),
        ("10.96.3.4", "address-1"),
        ("at 127.0.0.1:6443", "at server"),
        ("/openapi/v3/api/v1?hash=ABC123", "/openapi/v3/api/v1?hash=hash"),
        ("Too large: 9, current: 7", "Too large: 9, current: version"),
    ],
)
def test_a_value_that_the_server_chooses_becomes_a_word(said, word):
    assert worded([said], {"asked": "resourceVersion=9"}) == [word]


def test_values_that_the_question_contains_are_not_replaced():
    time = "2026-01-02T03:04:05Z"
    assert worded([time, "10.96.3.4"], [time, "10.96.3.4"]) == [time, "10.96.3.4"]


def test_each_entry_of_managed_fields_becomes_one_line():
    entry: dict[str, Any] = {"manager": "me", "operation": "Update", "apiVersion": "v1"}
    entry |= {"fieldsV1": {"f:data": {".": {}, "f:k": {}}}}
    assert worded({"managedFields": [entry]}) == {
        "managedFields": ["me Update v1 (no time): data, data.k"]
    }


def test_the_order_of_causes_is_ignored():
    def status(*fields):
        causes = [{"field": field, "message": "bad"} for field in fields]
        said = ", ".join(f"{field}: bad" for field in fields)
        return {"message": f"it is invalid: [{said}]", "details": {"causes": causes}}

    assert worded(status("b", "a")) == status("a", "b")


def test_a_listed_difference_covers_the_paths_below_it():
    found = compare([{"body": {"a": 1}}], [{"body": {"a": 2}}])
    assert complaints("q", found, [Difference("q", "0.body", "so it is")]) == []
    assert complaints("q", found, [Difference("other", "0.body", "so it is")]) == [str(found[0])]


def test_a_listed_difference_that_does_not_occur_is_reported():
    wrong = complaints("q", compare([], []), [Difference("q", "0.body", "once")])
    assert wrong == ["0.body: differences.yaml lists it, and it does not differ"]


def test_every_difference_between_two_answers_is_found():
    found = compare([{"a": [1, 2], "b": "x"}], [{"a": [1, 3, 4], "c": "x"}])
    assert [each.path for each in found] == ["0.a.1", "0.a.2", "0.b", "0.c"]


def test_references_to_earlier_answers_are_filled_in():
    known = {"made": {"metadata": {"name": "a"}, "items": [{"n": 1}, {"n": 2}]}}
    assert filled({"x": "${made.metadata}", "y": ["is ${made.items.1.n}"]}, known) == {
        "x": {"name": "a"},
        "y": ["is 2"],
    }
    assert look_up(known, "made.items.n") == [1, 2]


def test_changes_set_and_remove_values_at_paths():
    assert changed({"a": {"b": 1}, "l": [{"c": 2}]}, {"a.b": None, "l.0.c": 3, "d.e": 4}) == {
        "a": {},
        "l": [{"c": 3}],
        "d": {"e": 4},
    }


@pytest.mark.parametrize("seconds", [("01", "01"), ("02", "01")])
def test_managers_in_the_order_of_the_server_are_sorted_by_name(seconds):
    listed = sorted(map(manager, ("me", "you"), seconds), key=lambda entry: entry["time"])
    (answer,) = worded([{"managedFields": listed}])
    assert answer["managedFields"] == ["me Apply v1 (time): ", "you Apply v1 (time): "]


def test_managers_in_another_order_than_that_of_the_server_stay_so():
    (answer,) = worded([{"managedFields": [manager("you", "01"), manager("me", "01")]}])
    assert answer["managedFields"] == ["you Apply v1 (time): ", "me Apply v1 (time): "]


def manager(name, second):
    time = f"2026-01-02T03:04:{second}Z"
    return {"manager": name, "operation": "Apply", "apiVersion": "v1", "time": time}
