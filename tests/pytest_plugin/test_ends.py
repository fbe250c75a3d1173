"""How a run ends that a signal has ended early, or that was killed before its first check."""

import pytest

from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.pytest_plugin import notes
from kuscia_conformance.pytest_plugin.session import Run
from tests.given import settings_of

INTERRUPTED = pytest.ExitCode.INTERRUPTED


def test_a_run_that_is_killed_before_its_plan_is_incomplete(tmp_path):
    out = tmp_path / "out"
    Run(settings_of({"out": str(out)})).prepare()
    found = Evidence.read(out).verdict
    assert (found.exit_code, found.reasons) == (
        3,
        ("the run was killed, or has not ended yet", "the run ended before its first check"),
    )


@pytest.mark.parametrize(
    ("signal", "why"),
    [("SIGINT", "the run was interrupted by SIGINT"), ("", "pytest has ended the run")],
)
def test_an_interruption_of_which_pytest_tells_nothing_has_its_cause(monkeypatch, signal, why):
    monkeypatch.setattr(notes, "first_signal", lambda: signal)
    found = notes.Notes()
    found.explain(INTERRUPTED)
    assert found.ending.interrupted == why
