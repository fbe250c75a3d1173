"""The last lines of `run`, when a signal ends it."""

import signal
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from kuscia_conformance.cli import runner, summary
from kuscia_conformance.clusters.process import ENDING
from kuscia_conformance.environment import signals
from kuscia_conformance.evidence.ending import Ending
from kuscia_conformance.evidence.run import Evidence
from tests.evidence.given import ENDED, plan, planned, results


def run(tmp_path, ending, evidence=None) -> Any:
    return SimpleNamespace(
        evidence=evidence,
        settings=SimpleNamespace(out=tmp_path / "out"),
        notes=SimpleNamespace(ending=ending),
        unwritten={},
        retired="",
        failure=None,
    )


@pytest.fixture
def ending_on_signals(monkeypatch):
    """The handlers of a run, until the test ends."""
    monkeypatch.setattr(signals, "_came", None)
    before = {number: signal.getsignal(number) for number in ENDING}
    signals.end_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("ending_on_signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_table_is_printed_takes_no_verdict_away(
    tmp_path, monkeypatch, capsys, number
):
    table = summary._table

    def table_and_signal(evidence):
        signal.raise_signal(number)
        return table(evidence)

    monkeypatch.setattr(summary, "_table", table_and_signal)
    ended = run(tmp_path, ENDED, Evidence(plan(planned()), results(c="pass"), ENDED))
    progress: Any = SimpleNamespace(console=Console(width=200), failed="")
    assert runner._conclude(ended, progress, 0) == 0
    said = capsys.readouterr().out
    assert "conformant: 1 pass\nreport: " in said


def test_a_run_that_is_interrupted_before_its_folder_is_made_says_so_once(tmp_path, capsys):
    ended = run(tmp_path, Ending(interrupted="the run was interrupted by SIGINT"))
    assert runner._conclude(ended, ended, pytest.ExitCode.INTERRUPTED) == 3
    said = capsys.readouterr().err
    assert said == "incomplete: the run was interrupted by SIGINT; no check was run\n"
