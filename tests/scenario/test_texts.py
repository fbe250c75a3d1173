"""The texts of failed expectations: what was expected, and what has happened instead."""

import re

import pytest

from kuscia_conformance.documents import Context
from kuscia_conformance.features.tasks import make_task
from kuscia_conformance.kube.kuscia import KUSCIA_TASKS
from kuscia_conformance.kube.objects import PODS
from kuscia_conformance.scenario.failure import CheckFailed
from kuscia_conformance.scenario.observed import moments, plain_pods, pods, reservations, statuses
from kuscia_conformance.scenario.observed.nearest import nearest
from tests.scenario.made import T, task


def fails(act, *texts):
    """Calls `act`, which has to fail the check, and looks for the texts in its body."""
    with pytest.raises(CheckFailed) as error:
        act()
    body, _, rest = str(error.value).partition("what happened, in seconds")
    for text in texts:
        assert text in body
    return rest


@pytest.fixture
def waiting(scenario):
    """The task psi, created, for whose pod in bob there is no room."""
    scenario.domains.set_room("bob", 0)
    scenario.applied.define(make_task("psi", ["alice", "bob"], {}))
    scenario.applied.create("psi")
    return scenario


def document(text, tmp_path):
    from kuscia_conformance.documents import load_document

    (tmp_path / "x.status.yaml").write_text(text)
    return load_document(tmp_path / "x.status.yaml")


def status_of(version):
    return version.object["status"]


def test_the_nearest_version_is_shown_although_a_newer_one_is_further_away(tmp_path):
    wanted = document("phase: Running\nmessage: a\nreason: b\n", tmp_path)
    near = task(1, phase="Running", message="a", reason="c")
    far = task(2, phase="Failed", message="z", reason="z")
    found = nearest(wanted, [task(0), near, far], status_of, Context())
    assert found is not None
    assert found.shown.version is near
    assert [mismatch.path for mismatch in found.shown.mismatches] == [("reason",)]
    assert found.where(T) == (
        "shown: the version at +1.00 s, the nearest of 3 since the last step: "
        "2 of 3 fields are right (in the newest, at +2.00 s, 0)"
    )


def test_a_version_in_the_phase_of_the_document_is_nearer_than_all_others(tmp_path):
    wanted = document("phase: Succeeded\nmessage: a\nreason: b\n", tmp_path)
    before = task(1, phase="Running", message="a", reason="b")
    after = task(2, phase="Succeeded", message="z", reason="z")
    found = nearest(wanted, [before, after], status_of, Context())
    assert found is not None
    assert found.shown.version is after


def test_a_version_without_a_status_is_not_in_the_phase_of_the_document(tmp_path):
    wanted = document("status: {phase: Failed, message: a}\n", tmp_path)
    bare, reserving = task(1), task(2, phase="Reserving", message="b")
    del bare.object["status"]
    found = nearest(wanted, [bare, reserving], lambda version: version.object, Context())
    assert found is not None
    assert found.shown.version is reserving


def test_of_versions_that_are_as_near_the_newest_is_shown(tmp_path):
    wanted = document("phase: Running\n", tmp_path)
    versions = [task(1, phase="Pending"), task(2, phase="Pending", message="a")]
    found = nearest(wanted, versions, status_of, Context())
    assert found is not None
    assert found.where(T) == (
        "shown: the version at +2.00 s, the newest of 2 since the last step: "
        "0 of 1 fields are right"
    )
    alone = nearest(wanted, versions[:1], status_of, Context())
    assert alone is not None
    assert "at +1.00 s, the only one since the last step" in alone.where(T)
    assert nearest(wanted, [], status_of, Context()) is None


def test_only_the_fields_of_the_nearest_version_are_blamed(waiting, tmp_path):
    pods.await_state(waiting, "psi", "exist")
    waiting.history.let_pass(2)
    waiting.history.update()
    wanted = document("phase: Pending\npartyTaskStatus: [{domainID: carol}]\n", tmp_path)
    known = waiting.applied.task("psi")
    [subject] = statuses.wrong_fields(waiting, known, wanted, Context())
    assert subject.startswith("status.partyTaskStatus")


@pytest.mark.parametrize(
    ("moment", "instead"),
    [
        (
            'the pods of "psi" were bound',
            "alice/psi-0 is Pending, not bound; bob/psi-0 is Pending, not bound (domain bob has no",
        ),
        ('the task "psi" became Failed', "not so far: its phases were Pending"),
        ('the group "psi" became Reserved', "not so far: it is there; its phases were Reserving"),
        ('the group "chi" was created', "not so far: there was no group chi"),
    ],
)
def test_a_moment_that_has_not_come_tells_what_happened_instead(waiting, moment, instead):
    pods.await_state(waiting, "psi", "exist")
    waiting.history.let_pass(1)
    fails(lambda: moments.await_moment(waiting, moment, 1), f"expected: {moment}", instead)


def test_a_pod_that_is_gone_is_told_with_its_last_state(waiting):
    pods.await_state(waiting, "psi", "exist")
    waiting.controller.kill()
    reservations.delete(waiting, "pod", "bob/psi-0")
    fails(
        lambda: pods.await_state(waiting, "bob/psi-0", "run"),
        "expected: the pods of bob/psi-0 run",
        "bob/psi-0 is gone; it was Pending, not bound",
    )


def test_a_group_that_stays_is_told_with_its_phases(waiting):
    pods.await_state(waiting, "psi", "exist")
    fails(
        lambda: reservations.await_gone(waiting, "group", "psi"),
        "expected: the group psi was there, and is gone",
        "actual:   it is there; its phases were Reserving",
    )


def test_a_table_of_pods_names_the_places_in_the_pod(psi):
    expected = pods.as_table(psi, [["spec.containers[0].command", "[a, b]"]])
    pods.await_state(psi, "psi", "run")
    body = r"path +expected +actual\n +spec\.containers\[0\]\.command\[0\] +a "
    with pytest.raises(CheckFailed, match=body):
        pods.await_pods(psi, "alice", expected)


def test_the_status_of_a_task_that_has_none_is_told(waiting, tmp_path):
    history = waiting.history
    history.versions = [v for v in history.versions if v.resource is KUSCIA_TASKS][:1]
    history.cursor, known = 0, waiting.applied.task("psi")
    text = statuses.mismatch_text(waiting, known, document("phase: Running\n", tmp_path), Context())
    assert text.endswith("the task has no status")


def test_what_a_task_leaves_behind_is_told_as_any_other_failure(stage, tmp_path):
    from kuscia_conformance.features.checks import Check
    from kuscia_conformance.scenario.lifecycle import scenario_lifecycle

    feature = tmp_path / "mine.feature"
    feature.write_text("Feature: Mine\n")
    check = Check("mine", "mine.feature", 1, "Mine", ())
    api = stage.connection.api
    patch = {"metadata": {"finalizers": ["example.org/a"]}}

    def runs():
        with scenario_lifecycle(check, feature, stage) as running:
            running.domains.add(["alice"], 1)
            plain_pods.make_plain_pods(running, "alice", "filler", None, None)
            pods.await_state(running, "alice/filler", "run")
            namespace = running.domains.namespace("alice")
            known.append(namespace)
            running.connection.run(api.patch(PODS, "filler", namespace, patch))

    known: list[str] = []
    try:
        rest = fails(
            runs,
            "mine.feature:1  mine\n  Mine\n",
            "waited 60 s on the virtual clock",
            "after the last step",
            "expected: nothing of a deleted task stays (CL-02)",
            "alice/filler  is kept by the finalizer example.org/a",
        )
        assert re.search(r"pod alice/filler .*told to end", rest)
    finally:
        none = {"metadata": {"finalizers": None}}
        stage.connection.run(api.patch(PODS, "filler", known[0], none))


def test_a_status_that_was_sent_to_the_task_itself_is_called_so(psi):
    pods.await_state(psi, "psi", "run")
    psi.applied.patch_task("psi", {"status": {"phase": "Failed"}})
    psi.applied.patch_task("psi", {"status": {"phase": "Failed"}})
    fails(
        lambda: moments.await_moment(psi, 'the task "psi" became Failed', 1),
        "a status was sent to the resource itself, which drops it: 2 times, the last at +",
        "PATCH kusciatasks/psi by kuscia-conformance; send it to kusciatasks/psi/status",
    )
