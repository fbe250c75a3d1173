"""Tests logs and termination messages of simulated containers."""

from dataclasses import replace

import pytest

from kuscia_conformance.simulated_nodes.containers import (
    Container,
    Running,
    Seen,
    Terminated,
    Waiting,
    step,
)
from kuscia_conformance.simulated_nodes.output import log
from tests.simulated_nodes.pods import at, container

TALKS = container(command=["sh", "-c", "echo a; sleep 2; echo b >&2; sleep 2; exit 3"])


def seen(state, now=0.0, last=None, of=TALKS):
    held = Container("app", state, last, runs=1)
    return Seen(held, of, "psi-0_alice(u-1)", "Never", at(now))


def ended(begun=0.0, over=4.0):
    started = None if begun is None else at(begun)
    return Terminated(3, "Error", "", started, at(over), run=1)


@pytest.mark.parametrize(
    ("view", "printed"),
    [
        pytest.param(seen(Running(at(0)), 1), "a\n", id="runs"),
        pytest.param(seen(Running(at(0)), 2), "a\nb\n", id="runs for longer"),
        pytest.param(seen(Running(at(9)), 10, last=ended()), "a\n", id="runs again"),
        pytest.param(seen(ended(), 100), "a\nb\n", id="has ended"),
        pytest.param(seen(ended(over=1), 100), "a\n", id="was ended early"),
        pytest.param(
            seen(Waiting("CrashLoopBackOff"), 9, ended()), "a\nb\n", id="will be restarted"
        ),
        pytest.param(seen(ended(begun=None)), "", id="could not be started"),
    ],
)
def test_a_log_has_the_output_of_the_latest_run_so_far(view, printed):
    assert log("psi-0", "app", view) == printed


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("ContainerCreating", "ContainerCreating"),
        ("CreateContainerConfigError", "CreateContainerConfigError"),
        ("ErrImagePull", "image can't be pulled"),
        ("ImagePullBackOff", "trying and failing to pull image"),
    ],
)
def test_a_container_that_has_never_run_has_no_log(reason, why):
    with pytest.raises(LookupError, match=f'"app" in pod "psi-0" is waiting to start: {why}$'):
        log("psi-0", "app", seen(Waiting(reason)))


def test_an_unknown_container_has_no_log():
    with pytest.raises(LookupError, match='container "app" in pod "psi-0" is not available'):
        log("psi-0", "app", None)


def message(script, policy="FallbackToLogsOnError"):
    """Returns the termination message of a container that ends on its own after four seconds."""
    spec = container(command=["sh", "-c", script], terminationMessagePolicy=policy)
    running = Container("app", Running(at(0)), due=at(4), runs=1)
    after = step(replace(seen(Running(at(0)), 4, of=spec), container=running))
    assert after
    assert isinstance(after.state, Terminated)
    return after.state.message


@pytest.mark.parametrize(
    ("script", "policy", "expected"),
    [
        ("echo a; sleep 4; false", "FallbackToLogsOnError", "a\n"),
        ("echo a; sleep 4; false", "File", ""),
        ("echo a; sleep 4", "FallbackToLogsOnError", ""),
        ("echo a; printf b >/dev/termination-log; sleep 4; false", "FallbackToLogsOnError", "b"),
    ],
)
def test_the_log_replaces_an_empty_message_of_a_failed_container(script, policy, expected):
    assert message(script, policy) == expected


def test_at_most_80_lines_of_a_log_become_the_message():
    lines = "\\n".join(map(str, range(100)))
    assert message(f"printf '{lines}\\n'; sleep 4; false").splitlines() == [
        str(number) for number in range(20, 100)
    ]


def test_at_most_2048_bytes_of_a_log_become_the_message():
    assert message(f"echo {'ü' * 2000}; sleep 4; false") == "ü" * 1023 + "\n"
