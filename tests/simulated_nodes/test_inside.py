"""Tests commands and scripts that run inside a simulated container."""

import pytest

from kuscia_conformance.kube.objects import CONFIG_MAPS
from kuscia_conformance.simulated_nodes import exit_order
from kuscia_conformance.simulated_nodes.containers import Container, Running, Seen, Waiting
from kuscia_conformance.simulated_nodes.exit_order import Order
from kuscia_conformance.simulated_nodes.inside import Said, require_running, run
from kuscia_conformance.simulated_nodes.references import Reference
from kuscia_conformance.simulated_nodes.surroundings import Place
from tests.simulated_nodes.pods import at, container, node, pod

SPEC = container(
    env=[{"name": "ROLE", "value": "host"}],
    volumeMounts=[
        {"name": "v", "mountPath": "/work/conf"},
        {"name": "none", "mountPath": "/work/none"},
    ],
)
POD = pod(SPEC, volumes=[{"name": "v", "configMap": {"name": "config"}}])
FOUND = {Reference(CONFIG_MAPS, "config"): {"data": {"a.json": "{}\n", "b": "2\n", ".c": ""}}}
PLACE = Place(POD, SPEC, node(), FOUND)


def no_file(name):
    return f"cat: can't open '{name}': No such file or directory\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["cat", "/work/conf/a.json"], Said("{}\n")),
        (["cat", "conf/a.json", "/work/../work/conf/b"], Said("{}\n2\n")),
        (["cat", "/x", "conf/b"], Said("2\n", no_file("/x"), 1)),
        (["cat", "conf"], Said("", "cat: read error: Is a directory\n", 1)),
        (["ls", "/work/conf"], Said("a.json\nb\n")),
        (["ls"], Said("conf\nnone\n")),
        (["ls", "/work/none"], Said()),
        (["ls", "conf/b", "/x"], Said("conf/b\n", "ls: /x: No such file or directory\n", 1)),
        (["ls", "conf", "none"], Said("conf:\na.json\nb\n")),
        (["printenv", "ROLE"], Said("host\n")),
        (["printenv", "ROLE", "NONE"], Said("host\n", "", 1)),
        (["hostname"], Said("psi-0\n")),
        (["pwd"], Said("/work\n")),
        (["/bin/echo", "a", "b"], Said("a b\n")),
        (["printf", "%s\\n", "a"], Said("a\n")),
        (["true"], Said()),
        (["false"], Said(code=1)),
        (["test", "-f", "conf/b"], Said()),
        (["test", "-e", "/x"], Said(code=1)),
        (["test", "-d", "conf"], Said()),
        (["[", "a", "!=", "b", "]"], Said()),
        (["sh"], Said()),
    ],
)
def test_commands_in_a_container_print_the_expected_output(command, said):
    assert run(PLACE, command).said == said


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo a; echo b >&2; echo c", Said("a\nc\n", "b\n")),
        ("false && echo a || echo $?", Said("1\n")),
        ("cat /x || exit 3; echo never", Said("", no_file("/x"), 3)),
        ("cat /x 2>/dev/null; exit", Said("", "", 1)),
        ("cat /x 2>&1", Said(no_file("/x"), "", 1)),
        ("foo", Said("", "sh: foo: not found\n", 127)),
        ("./foo || true", Said("", "sh: ./foo: not found\n", 0)),
        ("exec echo a; echo never", Said("a\n")),
        ("cd conf && cat b && pwd", Said("2\n/work/conf\n")),
        ('X=1 Y="a b"; echo "$X $Y $ROLE"', Said("1 a b host\n")),
        ("echo a >/tmp/a && mv /tmp/a /tmp/b && cat /tmp/b", Said("a\n")),
        ("mv /x /y", Said("", "mv: can't rename '/x': No such file or directory\n", 1)),
        ("sh -c 'exit 2' || echo $?", Said("2\n")),
        ("[ -f conf/b ] && echo there", Said("there\n")),
        ("env >/tmp/e; printenv HOSTNAME", Said("psi-0\n")),
    ],
)
def test_shell_scripts_in_a_container_print_the_expected_output(script, said):
    assert run(PLACE, ["sh", "-c", script]).said == said


@pytest.mark.parametrize(
    "script",
    [
        "ls | cat",
        "if true; then echo; fi",
        "echo $(pwd)",
        "echo 'a",
        "env A=1 b",
        "mv a",
        "test a b",
    ],
)
def test_a_script_that_is_not_understood_is_refused(script):
    with pytest.raises(LookupError, match="simulated containers do not understand: "):
        run(PLACE, ["sh", "-c", script])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("foo", r"executable file not found in \$PATH"),
        ("/no/foo", "stat /no/foo: no such file or directory"),
        ("./cat", "stat ./cat: no such file or directory"),
    ],
)
def test_a_missing_program_cannot_be_started_without_a_shell(name, why):
    with pytest.raises(
        LookupError, match=f'OCI runtime exec failed: .*exec: "{name}": {why}: unknown'
    ):
        run(PLACE, [name, "-l"])


@pytest.mark.parametrize("message", ["", "boom", 'it\'s "boom"; && $HOME\n100% \\n'])
def test_the_script_of_an_exit_order_gives_that_order(message):
    done = run(PLACE, ["sh", "-c", exit_order.Order(3, message).script])
    assert done.order == Order(3, message)
    assert done.said == Said()


def test_writing_another_file_is_not_an_order():
    assert run(PLACE, ["sh", "-c", "echo 'exit 3' >/tmp/order"]).order is None


def seen(state):
    return Seen(Container("app", state), SPEC, "psi-0_alice(u-1)", "Never", at(0))


def test_a_running_container_is_accepted_for_exec():
    view = seen(Running(at(0)))
    assert require_running(POD, "app", view) is view


@pytest.mark.parametrize("view", [None, seen(Waiting())])
def test_exec_in_a_container_that_does_not_run_is_refused(view):
    with pytest.raises(LookupError, match=r'unable to .*: container not found \("app"\)'):
        require_running(POD, "app", view)


def test_exec_in_a_completed_pod_is_refused():
    over = {**POD, "status": {"phase": "Succeeded"}}
    with pytest.raises(LookupError, match="in a completed pod; current phase is Succeeded"):
        require_running(over, "app", None)
