"""Tests how long the steps of a pod take."""

from __future__ import annotations

from datetime import timedelta

from kuscia_conformance.simulated_nodes.tempo import BEAT, REAL, WHOLE_SECONDS, Steps
from tests.simulated_nodes.pods import pod

SECOND = timedelta(seconds=1)


def named(number):
    return pod(metadata={"name": f"psi-{number}", "namespace": "alice", "uid": "u-1"})


def units(steps: Steps):
    """Returns the whole units of a pod's steps, in seconds of the virtual clock."""
    return sorted((steps.start - BEAT, steps.ready, steps.end - BEAT))


def test_each_step_of_a_pod_takes_another_number_of_seconds():
    assert units(WHOLE_SECONDS.of(named(0))) == [SECOND, 2 * SECOND, 3 * SECOND]


def test_pods_differ_and_every_step_is_the_longest_of_some():
    all_steps = [WHOLE_SECONDS.of(named(number)) for number in range(60)]
    assert len(set(all_steps)) == 6
    for step in ("start", "ready", "end"):
        assert {round(getattr(each, step) / SECOND) for each in all_steps} == {1, 2, 3}


def test_a_pod_takes_the_same_times_whenever_it_is_asked():
    assert REAL.of(named(7)) == REAL.of(named(7))


def test_on_the_machines_clock_no_step_takes_half_a_second():
    steps = REAL.of(named(0))
    assert max(steps.start, steps.ready, steps.end) < SECOND / 2
