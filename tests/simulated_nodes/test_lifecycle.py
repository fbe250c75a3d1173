"""Tests the stages of a simulated pod from its admission to its end."""

from dataclasses import replace

import pytest

from kuscia_conformance.kube.objects import CONFIG_MAPS
from kuscia_conformance.simulated_nodes.containers import Container, Running, Terminated, Waiting
from kuscia_conformance.simulated_nodes.lifecycle import (
    TRANSITIONS,
    Life,
    Seen,
    Stage,
    advance,
    asks,
    first,
    order_of,
    views,
    wake_at,
)
from kuscia_conformance.simulated_nodes.references import Reference
from tests.simulated_nodes.pods import at, container, deleted, node, pod

LATE = Reference(CONFIG_MAPS, "late")
MOUNTS = pod(volumes=[{"name": "v", "configMap": {"name": "late"}}])
DONE = Terminated(0, "Completed", "", at(0), at(5), run=1)
RUNNING = Container("app", Running(at(0)), due=at(600), runs=1)
ENDED = Container("app", DONE, runs=1, ends=1)
CREATING = Life(Stage.CREATING, at(0.05), (Container("app"),), started_at=at(0))
UP = Life(Stage.UP, None, (RUNNING,), sandbox=True, started_at=at(0))


def seen(life, now=0.0, of=None, **fields):
    return Seen(of or pod(), life, at(now), node(), **fields)


def gone_soon(life, now):
    return replace(life, stage=Stage.STOPPED, told_at=at(now), due=at(now + 0.05))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(seen(Life()), CREATING, id="is admitted"),
        pytest.param(
            seen(Life(), of=pod(metadata=deleted())),
            Life(Stage.GONE),
            id="is deleted before it is admitted",
        ),
        pytest.param(seen(CREATING, 0.04), CREATING, id="is still being created"),
        pytest.param(
            seen(CREATING, 0.05),
            replace(UP, containers=(replace(RUNNING, state=Running(at(0.05)), due=at(600.05)),)),
            id="is up",
        ),
        pytest.param(
            seen(CREATING, 0.05, MOUNTS, absent={LATE: 'configmap "late" not found'}),
            replace(CREATING, due=at(1.05)),
            id="waits for its volumes",
        ),
        pytest.param(
            seen(CREATING, 0.01, pod(metadata=deleted())),
            gone_soon(CREATING, 0.01),
            id="is deleted while it is being created",
        ),
        pytest.param(seen(UP, 5), UP, id="runs"),
        pytest.param(
            seen(replace(UP, containers=(ENDED,)), 5),
            replace(UP, containers=(ENDED,), stage=Stage.ENDED, due=at(5.05)),
            id="ends",
        ),
        pytest.param(
            seen(replace(UP, containers=(ENDED, RUNNING)), 5, pod(container(), container("b"))),
            replace(UP, containers=(ENDED, RUNNING)),
            id="does not end while a container runs",
        ),
        pytest.param(
            seen(
                replace(UP, stage=Stage.ENDED, due=at(5), containers=(replace(ENDED, last=DONE),)),
                5,
            ),
            replace(UP, stage=Stage.FINISHED, containers=(ENDED,), sandbox=False),
            id="finishes and drops earlier runs",
        ),
        pytest.param(
            seen(UP, 5, pod(metadata=deleted())),
            replace(UP, stage=Stage.STOPPING, told_at=at(5)),
            id="is deleted while it runs",
        ),
        pytest.param(
            seen(replace(UP, stage=Stage.ENDED, containers=(ENDED,)), 5, pod(metadata=deleted())),
            replace(gone_soon(UP, 5), containers=(ENDED,), sandbox=False),
            id="is deleted after it has ended",
        ),
        pytest.param(
            seen(replace(UP, stage=Stage.STOPPED, due=at(6)), 6),
            replace(UP, stage=Stage.GONE),
            id="is gone",
        ),
        pytest.param(
            seen(Life(Stage.FINISHED), of=pod(metadata=deleted())),
            Life(Stage.GONE),
            id="is deleted after it has finished",
        ),
    ],
)
def test_each_state_of_a_pod_leads_to_the_next(before, after):
    assert advance(before) == after


def test_a_rejected_pod_is_finished():
    life = advance(seen(Life(), 3, pod(nodeSelector={"zone": "b"})))
    assert (life.stage, life.started_at) == (Stage.FINISHED, at(3))
    assert life.rejection is not None
    assert life.rejection.reason == "NodeAffinity"


@pytest.mark.parametrize(
    ("grace", "now", "stage"),
    [(4, 9, Stage.STOPPING), (4, 9.5, Stage.STOPPED), (30, 9.5, Stage.STOPPING)],
)
def test_the_grace_period_is_that_of_the_deletion(grace, now, stage):
    told = replace(UP, stage=Stage.STOPPING, told_at=at(5.5))
    assert advance(seen(told, now, pod(metadata=deleted(grace)))).stage is stage


@pytest.mark.parametrize(
    ("life", "of", "woken"),
    [
        (CREATING, pod(), at(0.05)),
        (UP, pod(), at(600)),
        (UP, pod(container(readinessProbe={"initialDelaySeconds": 9})), at(9)),
        (replace(UP, stage=Stage.STOPPING, told_at=at(1)), pod(metadata=deleted(4)), at(5)),
        (Life(Stage.FINISHED), pod(), None),
    ],
)
def test_a_pod_wakes_at_its_next_deadline(life, of, woken):
    assert wake_at(seen(life, 0.01, of)) == woken


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_its_transitions(stage):
    assert stage in TRANSITIONS


@pytest.mark.parametrize(
    ("life", "now", "asked"),
    [
        (Life(), 1, False),
        (CREATING, 0.01, False),
        (CREATING, 0.05, True),
        (UP, 1, False),
        (replace(UP, containers=(Container("app", Waiting("x"), due=at(2)),)), 1, False),
        (replace(UP, containers=(Container("app", Waiting("x"), due=at(2)),)), 2, True),
    ],
)
def test_references_are_looked_up_only_before_a_start(life, now, asked):
    assert asks(seen(life, now, MOUNTS)) == ({LATE} if asked else set())


@pytest.mark.parametrize(
    ("phase", "stage"),
    [("Pending", Stage.BOUND), ("Succeeded", Stage.FINISHED), ("Failed", Stage.FINISHED)],
)
def test_the_first_stage_follows_from_the_stored_phase(phase, stage):
    assert first({**pod(), "status": {"phase": phase}}).stage is stage


@pytest.mark.parametrize(
    ("text", "told"),
    [('{"exitCode": 3}', [3, 3]), ('{"exitCode": 3, "container": "b"}', [None, 3])],
)
def test_an_order_applies_to_one_container_or_to_all(text, told):
    two = pod(container("a"), container("b"), order=text)
    life = replace(UP, containers=(replace(RUNNING, name="a"), replace(RUNNING, name="b")))
    orders = [view.order for view in views(seen(life, 1, two))]
    assert [order and order.exit_code for order in orders] == told


def test_an_order_that_cannot_be_read_is_reported(caplog):
    assert order_of(pod(order="exit")) is None
    assert "psi-0: annotation conformance.kuscia.secretflow/order" in caplog.text
