"""Tests how commands and scripts of containers are interpreted as programs."""

from datetime import timedelta

import pytest

from kuscia_conformance.simulated_nodes.exit_order import Order, read_order
from kuscia_conformance.simulated_nodes.workload import UNKNOWN, Program, interpret


def said(*lines):
    return tuple((0, f"{line}\n") for line in lines)


@pytest.mark.parametrize(
    ("argv", "program"),
    [
        pytest.param([], Program(), id="no command: a shell without input"),
        pytest.param(["true"], Program(), id="true"),
        pytest.param(["false"], Program(exit_code=1), id="false"),
        pytest.param(["sleep", "2"], Program(seconds=2), id="sleep"),
        pytest.param(["sleep", "1m", "0.5"], Program(seconds=60.5), id="sleep adds up"),
        pytest.param(["sleep", "infinity"], UNKNOWN, id="sleep infinity"),
        pytest.param(["python", "-m", "x"], UNKNOWN, id="an unknown program"),
        pytest.param(["sh"], UNKNOWN, id="a shell without a script"),
        pytest.param(["./app"], Program(15, on_term=143, output=((0, "app \n"),)), id="app"),
        pytest.param(
            ["./app", "--role=client", "--seconds=2", "--exit-code=3", "--message=boom"],
            Program(
                2,
                3,
                "boom",
                143,
                output=said("app --role=client --seconds=2 --exit-code=3 --message=boom"),
            ),
            id="app with all options",
        ),
        pytest.param(["./app", "--seconds=soon"], UNKNOWN, id="app with an invalid option"),
    ],
)
def test_commands_are_interpreted_as_programs(argv, program):
    assert interpret(argv) == program


@pytest.mark.parametrize(
    ("script", "program"),
    [
        ("./app --role=client", Program(15, on_term=143, output=said("app --role=client"))),
        ("sleep 2; sleep 3", Program(seconds=5)),
        ("sleep 2\nexit 3\nsleep 9", Program(seconds=2, exit_code=3)),
        ("false && exit 3", Program(exit_code=1)),
        ("false || exit 3", Program(exit_code=3)),
        ("true && exit 3", Program(exit_code=3)),
        ("true || exit 3", Program()),
        ("printf %s 'a b' >/dev/termination-log; exit 3", Program(0, 3, "a b")),
        ("echo 2 > /dev/termination-log && false", Program(0, 1, "2\n")),
        ("echo seen; echo lost >/tmp/x", Program(output=said("seen"))),
        ("echo out; echo err >&2", Program(output=said("out", "err"))),
        ("echo both >/tmp/x 2>&1; echo all 2>&1 >/tmp/x", Program()),
        ("echo a; sleep 2; printf '%s\\n' b c", Program(2, output=((0, "a\n"), (2, "b\nc\n")))),
        ("echo a; ./server; echo never", Program(None, output=said("a"))),
        ("echo kept 2>/dev/null >/dev/termination-log", Program(message="kept\n")),
        (
            "cd /work && exec ./app --seconds=1",
            Program(1, on_term=143, output=said("app --seconds=1")),
        ),
        (
            "./app --seconds=9 --linger=4",
            Program(9, on_term=143, lingers=4, output=said("app --seconds=9 --linger=4")),
        ),
        ("./app --seconds=1; exit 3", Program(1, 3, output=said("app --seconds=1"))),
        ("exec sleep 5; exit 3", Program(seconds=5)),
        ("trap 'exit 143' TERM; sleep 600 & wait", Program(seconds=None, on_term=143)),
        ("trap 'exit 9' 15; sleep 6; true", Program(seconds=6, on_term=9)),
        ("sleep 2; while true; do sleep 1; done", UNKNOWN),
        ("echo x | tee /dev/termination-log", UNKNOWN),
        (
            "/no/such/program",
            Program(exit_code=127, output=said("sh: /no/such/program: not found")),
        ),
        ("/no/such/program 2>/dev/null", Program(exit_code=127)),
        ("echo 'unbalanced", UNKNOWN),
        ("", Program()),
        ("# only a comment", Program()),
    ],
)
def test_shell_scripts_are_interpreted_as_programs(script, program):
    assert interpret(["sh", "-c", script]) == program


def test_a_program_that_does_not_exist_cannot_be_started():
    error = interpret(["/no/such/program", "--option"]).start_error
    assert 'exec: "/no/such/program": stat /no/such/program: no such file' in error


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("{}", Order()),
        ('{"exitCode": 3, "message": "boom"}', Order(3, "boom")),
        ('{"exitCode": 3, "container": "second"}', Order(3, "", "second")),
    ],
)
def test_an_order_is_read_from_its_annotation(text, order):
    assert read_order(text) == order


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"exitCode": "three"}'])
def test_an_invalid_order_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_order(text)


@pytest.mark.parametrize(
    ("seconds", "printed"), [(0, "a\n"), (1.9, "a\n"), (2, "a\nb\n"), (600, "a\nb\n")]
)
def test_each_line_is_printed_at_its_time(seconds, printed):
    program = interpret(["sh", "-c", "echo a; sleep 2; echo b; sleep 600"])
    assert program.printed(timedelta(seconds=seconds)) == printed
