"""Tests the embedded cluster as a process: its start, its refusals and its quick end."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.apiserver.given import CONFIGMAPS
from tests.apiserver.serving import served

COMMAND = [sys.executable, "-m", "kuscia_conformance.clusters.embedded"]
#: The longest time, in seconds, that the process may take to end after a signal.
AT_ONCE = 10


def refused(*arguments):
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_the_embedded_cluster_names_a_port_that_is_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused("--folder", str(tmp_path / "x"), "--port", str(port))
    assert code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in said


def test_the_embedded_cluster_names_a_folder_that_cannot_be_created(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    code, said = refused("--folder", str(file / "folder"))
    assert code == 2
    assert str(file) in said


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--nodes", "-1"], ["--pace", "x"], []])
def test_invalid_arguments_exit_with_2(tmp_path, arguments):
    folder = ["--folder", str(tmp_path)] if arguments else []
    assert refused(*folder, *arguments)[0] == 2


def test_only_the_owner_can_read_the_kubeconfig_and_the_keys(tmp_path):
    with served(tmp_path) as https:
        modes = {
            file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "cluster").iterdir()
        }
        assert https.answers()
    assert {modes["kubeconfig"], modes["tls.key"], modes["sa.key"]} == {0o600}


def test_two_servers_have_separate_objects_and_tokens(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    body = b'{"metadata":{"name":"only-here"}}'
    with served(tmp_path / "a") as first, served(tmp_path / "b") as second:
        assert first.ask("POST", CONFIGMAPS, body)[0] == 201
        assert second.ask("GET", f"{CONFIGMAPS}/only-here")[0] == 404
        assert first.token != second.token
        unknown = {"authorization": f"Bearer {first.token}"}
        assert second.ask("GET", CONFIGMAPS, headers=unknown)[0] == 401


def test_a_server_that_is_ready_answers_and_has_its_nodes(tmp_path):
    with served(tmp_path, "--nodes", "3") as https:
        code, nodes = https.ask("GET", "/api/v1/nodes")
    assert code == 200
    assert nodes.count(b'"type":"Ready","status":"True"') == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_with_open_watches_ends_soon_after_a_signal(tmp_path, number):
    with served(tmp_path) as https:
        opened = [https.connect() for _ in range(20)]
        for connection in opened[:10]:
            connection.sendall(https.head("GET", f"{CONFIGMAPS}?watch=1"))
            assert connection.recv(9) == b"HTTP/1.1 "
        os.kill(https.process.pid, number)
        assert https.process._child.wait(AT_ONCE) == 0
        for connection in opened:
            connection.close()
    assert https.logged() == "ready\n"


def test_a_server_that_delays_an_answer_ends_soon_after_a_signal(tmp_path):
    with served(tmp_path, "--pace", "9000", "--nodes", "0") as https, https.connect() as connection:
        body = b'{"metadata":{"name":"a"}}'
        connection.sendall(https.head("POST", CONFIGMAPS, f"content-length: {len(body)}") + body)
        # Once other clients see the object, the write is done and only its answer is delayed.
        while https.ask("GET", f"{CONFIGMAPS}/a")[0] == 404:
            pass
        os.kill(https.process.pid, signal.SIGTERM)
        assert https.process._child.wait(AT_ONCE) == 0
    assert https.logged() == "ready\n"


def test_killed_clients_leave_no_open_files_in_the_server(tmp_path):
    with served(tmp_path) as https:
        script = "\n".join(
            [
                "import os, sys",
                "from pathlib import Path",
                "from tests.apiserver.serving import Served",
                f"https = Served(Path({str(tmp_path)!r}), None, {https.port}, {https.token!r})",
                "opened = [https.connect() for _ in range(5)]",
                f"watch = https.head('GET', '{CONFIGMAPS}?watch=1')",
                "half = https.head('POST', '/api/v1/nodes', 'content-length: 99') + b'{'",
                "for connection, sent in zip(opened, [watch, watch, half, watch[:9], b'']):",
                "    connection.sendall(sent)",
                "opened[0].recv(1)",
                "os.kill(os.getpid(), 9)",
            ]
        )
        before = len(os.listdir(https.proc / "fd"))
        for _ in range(3):
            assert subprocess.run([sys.executable, "-c", script], timeout=30).returncode == -9
        while len(os.listdir(https.proc / "fd")) > before:
            assert https.answers()
    assert https.logged() == "ready\n"
