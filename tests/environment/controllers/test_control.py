"""Killing and starting what is under test, through the socket of a run."""

import sys
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from kuscia_conformance.clusters.process import Process
from kuscia_conformance.environment.controllers.control import (
    KILL,
    LOOK,
    SOCKET,
    START,
    ask,
    listening,
)
from kuscia_conformance.errors import ControllerError

SAYS_READY = "import time; print('ready', flush=True); time.sleep(60)"


@pytest.fixture
def process(tmp_path):
    command = [sys.executable, "-c", SAYS_READY]
    with Process("it", command, log=tmp_path / "it.log", ready="ready") as running:
        yield running


def test_killed_and_started_again_it_is_ready_anew(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, KILL)
        assert not process.is_alive
        ask(tmp_path, START)
        assert process.is_alive
        assert process.read().count("ready") == 2


def test_starting_what_runs_leaves_it_alone(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, START)
    assert process.read().count("ready") == 1


def test_what_cannot_be_started_is_told(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, KILL)
        process.command = ["/no/such/program"]
        with pytest.raises(ControllerError, match="cannot start /no/such/program"):
            ask(tmp_path, START)
        ask(tmp_path, KILL)  # it still listens


def test_nobody_there():
    with pytest.raises(ControllerError, match="does not answer"):
        ask(Path("/nowhere"), KILL)


def test_somebody_who_is_killed_while_asking_is_not_in_the_way(process, tmp_path):
    with listening(tmp_path, [process]):
        Client(str(tmp_path / SOCKET)).close()
        ask(tmp_path, LOOK)
    assert process.is_alive
