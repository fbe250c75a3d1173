"""The files of the evidence: what is written is read again, and damage is reported by its line."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from kuscia_conformance.environment.journal import Version
from kuscia_conformance.errors import ClusterError, NotRecorded
from kuscia_conformance.evidence.events import EVENTS, read_events, write_events
from kuscia_conformance.evidence.record import (
    FORMAT,
    STEPS,
    Record,
    ended_by,
    read_record,
    without_folders,
)
from kuscia_conformance.evidence.tape import Wait
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import PODS, status_writer

T = datetime(2026, 1, 1, microsecond=123456, tzinfo=UTC)
ABOUT = {"format": FORMAT, "scenario": "mine"}
STEP = {
    "step": "Then",
    "text": "x",
    "looks": True,
    "began": T.isoformat(),
    "ended": T.isoformat(),
    "length": [3, 4],
    "cursor": 2,
}


def written(folder, *lines):
    with Record(folder) as record, record.cleaning(list):
        for line in lines:
            record.write(line)
    return folder


def pod(**metadata):
    metadata = {"name": "psi-0", "namespace": "alice", "resourceVersion": "7", **metadata}
    return {"kind": "Pod", "metadata": metadata, "spec": {}}


def version(obj, resource=PODS):
    return Version(T, "MODIFIED", resource, obj, obj)


def test_a_step_is_read_as_it_was_written(tmp_path):
    wait = Wait(T, 20, length=4, found=True)
    line = {**STEP, "waits": [wait.to_dict()], "table": [["a", "b"]], "answers": []}
    record = read_record(written(tmp_path, ABOUT, line))
    [step] = record.steps
    assert (step.first, step.last, step.cursor, step.table) == (3, 4, 2, [["a", "b"]])
    assert step.waits == [wait]
    assert step.waits[0].deadline == T + timedelta(seconds=20)
    assert record.cleaning is None


def test_each_line_is_on_disk_when_its_step_has_ended(tmp_path):
    with Record(tmp_path) as record:
        record.write(ABOUT)
        assert (tmp_path / STEPS).read_bytes().endswith(b"}\n")


def test_the_error_of_the_cleaning_stands_in_the_last_line(tmp_path):
    error = ClusterError("pods of bob could not be deleted", hint="do their nodes work?")
    with Record(tmp_path) as record, suppress(ClusterError), record.cleaning(list):
        record.write(ABOUT)
        raise error
    assert read_record(tmp_path).cleaning == {
        "class": "ClusterError",
        "text": str(error),
    }


def test_the_record_of_an_interrupted_scenario_is_not_complete(tmp_path):
    with Record(tmp_path) as record, suppress(KeyboardInterrupt), record.cleaning(list):
        record.write(ABOUT)
        raise KeyboardInterrupt
    with pytest.raises(NotRecorded, match="the record ends before the scenario did"):
        read_record(tmp_path)


def test_an_event_is_read_as_it_was_written(tmp_path):
    write_events(tmp_path, [version(pod())])
    assert read_events(tmp_path) == [version(pod())]


def test_an_event_of_a_task_says_who_wrote_its_status(tmp_path):
    fields = [
        {"manager": "old", "time": "2026-01-01T00:00:01Z", "fieldsV1": {"f:status": {"f:x": {}}}},
        {"manager": "new", "time": "2026-01-01T00:00:02Z", "fieldsV1": {"f:status": {"f:x": {}}}},
        {"manager": "other", "time": "2026-01-01T00:00:03Z", "fieldsV1": {"f:spec": {}}},
    ]
    write_events(tmp_path, [version(pod(managedFields=fields), KUSCIA_TASKS)])
    assert b"managedFields" not in (tmp_path / EVENTS).read_bytes()
    [found] = read_events(tmp_path)
    assert status_writer(found.object) == {"manager": "new", "time": "2026-01-01T00:00:02Z"}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[:-20], f"{STEPS}:3: the line is cut off"),
        (lambda text: text.rpartition("{")[0], f"{STEPS}:2: the record ends before the scenario"),
        (lambda text: text.replace('"step"', '"stop"'), f"{STEPS}:2: this is not a step: KeyError"),
        (lambda text: text.replace("{", "[", 1), f"{STEPS}:1: this is not JSON"),
        (lambda text: text.replace('"format":1', '"format":9'), f"{STEPS}:1: expected the line"),
        (lambda text: "7\n" + text, f"{STEPS}:1: expected a JSON object, found int"),
        (lambda _: "", f"{STEPS}:1: expected the line of a scenario"),
    ],
    ids=["cut off", "killed", "no step", "no JSON", "other format", "a number", "empty"],
)
def test_a_damaged_record_is_refused_with_file_and_line(tmp_path, damage, said):
    file = written(tmp_path, ABOUT, STEP) / STEPS
    file.write_text(damage(file.read_text()))
    with pytest.raises(NotRecorded) as error:
        read_record(tmp_path)
    assert f"{tmp_path}/{said}" in str(error.value)


@pytest.mark.parametrize(
    "line", ['{"at": "x"}', '{"object": 3}', '{"kind": "Gadget", "object": {}}', "{}"]
)
def test_a_damaged_event_is_refused_with_file_and_line(tmp_path, line):
    write_events(tmp_path, [version(pod())])
    with (tmp_path / EVENTS).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(NotRecorded, match=rf"{EVENTS}:2: this is not an event"):
        read_events(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotRecorded, match=rf"{EVENTS}: cannot be read: No such file"):
        read_events(tmp_path)


def test_errors_are_published_without_the_folders_of_the_machine():
    error = ClusterError("cannot read /home/me/work/psi.yaml", hint="see '/tmp/x/log'")
    assert (ended_by(error) or {})["text"] == "cannot read psi.yaml\n  see 'log'"
    assert without_folders("a/b and GET https://host/api/v1") == "a/b and GET https://host/api/v1"
