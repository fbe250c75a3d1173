"""The tape of a step: what was answered in a run is answered in a replay."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from kuscia_conformance.errors import ApiError, NotFound, NotRecorded, Unreachable, api_error
from kuscia_conformance.evidence.tape import Played, Tape, Wait

T = datetime(2026, 1, 1, tzinfo=UTC)


def never():
    raise AssertionError("a replay asks nothing")


def played(tape, on_wait=lambda _: None):
    """Returns the tape as a replay reads it from a file."""
    answers = orjson.loads(orjson.dumps(tape.answers))
    waits = [Wait.from_dict(orjson.loads(orjson.dumps(wait.to_dict()))) for wait in tape.waits]
    return Played(answers, waits, on_wait)


def test_answers_to_a_question_are_played_in_their_order():
    tape = Tape()
    answers = iter(["first", "second"])
    for question in ("a", "b", "a"):
        tape.ask(question, lambda: "other" if question == "b" else next(answers))  # noqa: B023
    again = played(tape)
    assert [again.ask(question, never) for question in ("a", "a", "b")] == [
        "first",
        "second",
        "other",
    ]


def test_an_answer_has_the_moment_at_which_it_came():
    tape = Tape(now=lambda: T)
    tape.ask("a", lambda: 1)
    assert tape.answers == [{"asked": "a", "at": "2026-01-01T00:00:00.000+00:00", "answer": 1}]


@pytest.mark.parametrize(
    "error",
    [
        api_error(404, {"reason": "NotFound", "message": "psi not found"}),
        api_error(422, {"message": "no", "details": {"causes": [{"field": "spec"}]}}),
        Unreachable("the server does not answer"),
    ],
    ids=["not found", "invalid", "unreachable"],
)
def test_an_error_of_the_server_is_raised_again(error):
    def live():
        raise error

    tape = Tape()
    with pytest.raises(type(error)):
        tape.ask("a", live)
    with pytest.raises(ApiError) as again:
        played(tape).ask("a", never)
    assert type(again.value) is type(error)
    assert (str(again.value), again.value.causes) == (str(error), error.causes)


def test_a_question_that_the_run_did_not_ask_has_no_answer():
    with pytest.raises(NotRecorded, match="no record of: who wrote what"):
        played(Tape()).ask("who wrote what", never)


def test_a_question_about_the_text_of_a_failure_may_stay_without_answer():
    assert played(Tape()).ask("who wrote what", never, []) == []


def test_a_wait_begins_when_it_began_in_the_run_and_lasts_as_long_as_today():
    told: list[Wait] = []
    tape = Tape()
    tape.wait(lambda: T, 20).end(7, found=True)
    again = played(tape, told.append).wait(never, 30)
    assert (again.began, again.deadline) == (T, T + timedelta(seconds=30))
    assert [(wait.length, wait.found) for wait in told] == [(7, True)]


def test_a_wait_that_the_run_did_not_have_begins_at_the_end_of_the_evidence():
    told: list[Wait | None] = []
    assert played(Tape(), told.append).wait(lambda: T, 1).began == T
    assert told == [None]


def test_not_found_is_an_answer_and_other_errors_are_not():
    tape = Tape()
    with pytest.raises(ZeroDivisionError):
        tape.ask("a", lambda: 1 / 0)
    with pytest.raises(NotFound):
        tape.ask("a", _raise_not_found)
    assert len(tape.answers) == 1


def _raise_not_found():
    raise api_error(404, {})
