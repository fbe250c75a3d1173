"""Tests child processes: readiness, logs, and their end."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from kuscia_conformance.clusters.process import Patience, Process, ProcessError
from kuscia_conformance.errors import HarnessError


def shell(script, tmp_path, **options):
    return Process("child", ["sh", "-c", script], log=tmp_path / "child.log", **options)


def test_a_process_is_ready_when_its_log_contains_the_text(tmp_path):
    with shell("echo starting; echo ready; exec sleep 60", tmp_path, ready="ready") as child:
        assert child.is_alive
        assert "starting" in child.tail()
    assert not child.is_alive


def test_a_process_is_ready_when_its_ready_function_returns_true(tmp_path):
    flag = tmp_path / "flag"
    with shell(f"touch {flag}; exec sleep 60", tmp_path, ready=flag.exists) as child:
        assert child.is_alive


def test_a_process_that_ends_before_it_is_ready_is_reported_with_its_log(tmp_path):
    with (
        pytest.raises(ProcessError, match="child has ended with code 3") as error,
        shell("echo no such luck; exit 3", tmp_path, ready="ready"),
    ):
        pass
    assert "no such luck" in error.value.hint


def test_a_process_that_is_not_ready_in_time_is_ended(tmp_path):
    child = shell("exec sleep 60", tmp_path, ready="ready", patience=Patience(start=0.1))
    with pytest.raises(ProcessError, match=r"was not ready within 0\.1 s"), child:
        pass
    assert not child.is_alive


def test_a_process_that_ignores_sigterm_is_killed(tmp_path):
    script = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    with shell(script, tmp_path, ready="ready", patience=Patience(end=0.2)) as child:
        pass
    assert not child.is_alive


def test_a_killed_process_is_not_alive(tmp_path):
    with shell("exec sleep 60", tmp_path) as child:
        child.kill()
        assert not child.is_alive


def test_a_program_that_does_not_exist_is_named(tmp_path):
    child = Process("child", ["/no/such/program"], log=tmp_path / "child.log")
    with pytest.raises(ProcessError, match="child: cannot start /no/such/program"), child:
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_children_end_when_their_parent_is_killed(tmp_path):
    script = f"""
import sys, time
from pathlib import Path
from kuscia_conformance.clusters.process import Process
with Process("child", ["sh", "-c", "echo $$; exec sleep 60"], log=Path({str(tmp_path / "log")!r})):
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        log = tmp_path / "log"
        while not (log.exists() and log.read_text().strip()):
            assert parent.poll() is None
            time.sleep(0.02)
        child = int(log.read_text())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    for _ in range(500):
        if not _is_running(child):
            return
        time.sleep(0.02)
    pytest.fail("the child goes on")


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split()[2] != "Z"


def test_ctrl_c_during_the_start_of_a_child_still_ends_the_child(tmp_path, monkeypatch):
    children, popen = [], subprocess.Popen

    def interrupted(*arguments, **options):
        children.append(popen(*arguments, **options))
        signal.raise_signal(signal.SIGINT)
        return children[-1]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt), shell("sleep 60", tmp_path):
        pytest.fail("it was not interrupted")
    [child] = children
    assert child.returncode == -signal.SIGTERM


def test_an_interrupt_before_a_child_was_made_stays_an_interrupt(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        shell("exec sleep 60", tmp_path).start()


def test_a_machine_without_room_for_a_process_is_no_mistake_of_the_command(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(subprocess, "Popen", refused)
    with pytest.raises(HarnessError, match="cannot start sh: Resource temporarily unavailable"):
        shell("exec sleep 60", tmp_path).start()


def test_a_process_of_another_user_that_cannot_be_ended_is_told_with_the_command(
    tmp_path, monkeypatch
):
    def refused(*_):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    with shell("exec sleep 60", tmp_path) as child, monkeypatch.context() as patched:
        patched.setattr(os, "killpg", refused)
        assert not child.has_gone_to_the_background
        with pytest.raises(ProcessError, match="child runs as another user") as error:
            child.stop()
    assert error.value.hint == f"sudo kill -9 -- -{child.pid}"
    assert not child.is_alive


def test_a_log_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "child.log").mkdir()
    with pytest.raises(HarnessError, match=r"cannot write its log .*child\.log"):
        shell("exec sleep 60", tmp_path).start()
