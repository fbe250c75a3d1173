import pytest

from harness.simulated_nodes.workload import (
    UNKNOWN,
    Order,
    Program,
    interpret,
    read_order,
)


@pytest.mark.parametrize(
    ("argv", "program"),
    [
        pytest.param([], Program(), id="the image's own: a shell without input"),
        pytest.param(["true"], Program(), id="true"),
        pytest.param(["false"], Program(exit_code=1), id="false"),
        pytest.param(["sleep", "2"], Program(seconds=2), id="sleep"),
        pytest.param(["sleep", "1m", "0.5"], Program(seconds=60.5), id="sleep adds up"),
        pytest.param(["sleep", "infinity"], UNKNOWN, id="sleep without end"),
        pytest.param(["python", "-m", "x"], UNKNOWN, id="anything else"),
        pytest.param(["sh"], UNKNOWN, id="a shell without script"),
        pytest.param(["./app"], Program(seconds=15, on_term=143), id="app"),
        pytest.param(
            ["./app", "--role=client", "--seconds=2", "--exit-code=3", "--message=boom"],
            Program(2, 3, "boom", 143),
            id="app as told",
        ),
        pytest.param(["./app", "--seconds=soon"], UNKNOWN, id="app wrongly told"),
    ],
)
def test_commands(argv, program):
    assert interpret(argv) == program


@pytest.mark.parametrize(
    ("script", "program"),
    [
        ("./app --role=client --task_config_path=/a.json", Program(seconds=15, on_term=143)),
        ("sleep 2; sleep 3", Program(seconds=5)),
        ("sleep 2\nexit 3\nsleep 9", Program(seconds=2, exit_code=3)),
        ("false && exit 3", Program(exit_code=1)),
        ("false || exit 3", Program(exit_code=3)),
        ("true && exit 3", Program(exit_code=3)),
        ("true || exit 3", Program()),
        ("printf %s 'a b' >/dev/termination-log; exit 3", Program(0, 3, "a b")),
        ("echo 2 > /dev/termination-log && false", Program(0, 1, "2")),
        ("echo seen; echo lost >/tmp/x; echo lost >&2", Program()),
        ("echo kept 2>/dev/null >/dev/termination-log", Program(message="kept")),
        ("cd /work && exec ./app --seconds=1", Program(seconds=1, on_term=143)),
        ("./app --seconds=1; exit 3", Program(seconds=1, exit_code=3)),
        ("exec sleep 5; exit 3", Program(seconds=5)),
        ("trap 'exit 143' TERM; sleep 600 & wait", Program(seconds=None, on_term=143)),
        ("trap 'exit 9' 15; sleep 6; true", Program(seconds=6, on_term=9)),
        ("sleep 2; while true; do sleep 1; done", UNKNOWN),
        ("echo x | tee /dev/termination-log", UNKNOWN),
        ("/no/such/program", Program(exit_code=127)),
        ("echo 'unbalanced", UNKNOWN),
        ("", Program()),
        ("# only a comment", Program()),
    ],
)
def test_scripts(script, program):
    assert interpret(["sh", "-c", script]) == program


def test_a_file_that_is_not_there_cannot_be_started():
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
def test_orders(text, order):
    assert read_order(text) == order


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"exitCode": "three"}'])
def test_what_is_no_order(text):
    with pytest.raises(ValueError, match=r"."):
        read_order(text)
