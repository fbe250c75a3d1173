"""Tests killing and starting the controller under test through the socket of a run."""

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


def test_a_controller_killed_and_started_again_is_ready_again(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, KILL)
        assert not process.is_alive
        ask(tmp_path, START)
        assert process.is_alive
        assert process.read().count("ready") == 2


def test_starting_a_running_controller_does_nothing(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, START)
    assert process.read().count("ready") == 1


def test_a_controller_that_cannot_be_started_is_reported(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, KILL)
        process.command = ["/no/such/program"]
        with pytest.raises(ControllerError, match="cannot start /no/such/program"):
            ask(tmp_path, START)
        ask(tmp_path, KILL)  # the socket still answers


def test_a_controller_that_was_killed_on_request_has_not_ended_on_its_own(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, KILL)
        assert ask(tmp_path, LOOK) == ""
        ask(tmp_path, START)
        assert ask(tmp_path, LOOK) == ""
        process.kill()
        assert ask(tmp_path, LOOK).startswith("the controller was ended by SIGKILL\n")


def test_a_controller_that_ends_before_it_is_ready_is_told_by_the_next_look(process, tmp_path):
    with listening(tmp_path, [process]):
        ask(tmp_path, KILL)
        process.command = ["sh", "-c", "exit 3"]
        ask(tmp_path, START)
        assert ask(tmp_path, LOOK).startswith("the controller exited with code 3\n")


def test_asking_without_a_listener_raises_controller_error():
    with pytest.raises(ControllerError, match="does not answer"):
        ask(Path("/nowhere"), KILL)


def test_a_client_that_disconnects_does_not_block_other_clients(process, tmp_path):
    with listening(tmp_path, [process]):
        Client(str(tmp_path / SOCKET)).close()
        ask(tmp_path, LOOK)
    assert process.is_alive
