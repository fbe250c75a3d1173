"""Controllers that do not start, or end, hang or shout while they are tested."""

import shlex
import sys
from collections import Counter
from contextlib import chdir
from pathlib import Path

import pytest

from kuscia_conformance.replay.run import replay
from tests.breaking.given import (
    AUTHORS_ERROR,
    CONFORMANT,
    INCOMPLETE,
    NOT_CONFORMANT,
    Case,
    broken,
    in_check,
    in_hook,
    ways,
)

REFERENCE = f"{sys.executable} -P -m kuscia_conformance controller --kubeconfig {{{{kubeconfig}}}}"


def as_program(script):
    """Returns the option for a controller that is this shell script."""
    return (f"--controller=cmd:sh -c {shlex.quote(script)}",)


def with_script(text):
    """Returns what writes the text into the program `mine` of a folder."""

    def prepare(folder):
        (folder / "mine").write_text(text)
        (folder / "mine").chmod(0o755)

    return prepare


#: Kills the reference controller, or the program that has started it.
KILL = "send('SIGKILL', child('kuscia_conformance controller'))"
#: Kills it, and waits until it has ended; the run itself takes its exit code.
END_IT = (
    "pid = child('kuscia_conformance controller'); send('SIGKILL', pid); "
    "os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)"
)
CASES = [
    Case(
        "missing",
        AUTHORS_ERROR,
        options=("--controller", "cmd:./no-such-controller"),
        reports=False,
    ),
    Case(
        "has-no-interpreter",
        AUTHORS_ERROR,
        "--controller: cannot start ./mine: its interpreter does not exist",
        options=("--controller", "cmd:./mine"),
        prepare=with_script("#!/no/such/interpreter\n"),
    ),
    Case(
        "ends-at-its-start",
        NOT_CONFORMANT,
        "the controller exited with code 7",
        options=as_program("exit 7"),
    ),
    Case(
        "goes-to-the-background",
        NOT_CONFORMANT,
        "the controller exited with code 0",
        options=as_program("sleep 1000 & exit 0"),
    ),
    Case(
        "does-nothing",
        NOT_CONFORMANT,
        "3 checks failed",
        options=(*as_program("exec sleep 1000"), "--timeout-scale", "0.1"),
    ),
    Case(
        "is-killed-in-the-first-check",
        NOT_CONFORMANT,
        "the controller was ended by SIGKILL",
        in_check("small-first", KILL),
        # The check fails within a second, and does not wait for anything.
        options=("--timeout-scale", "100"),
    ),
    Case(
        "is-killed-in-a-check-of-two-workers",
        NOT_CONFORMANT,
        "the controller was ended by SIGKILL",
        in_check("small-first", KILL.replace("')", "', os.getppid())")),
        options=("--timeout-scale", "100", "-n", "2"),
    ),
    Case(
        "is-killed-by-the-last-step-of-the-last-check",
        NOT_CONFORMANT,
        "the controller was ended by SIGKILL",
        in_hook(
            "bdd_after_step(request, step)",
            f"if request.node.name == 'small-last' and step.type == 'then':\n        {END_IT}",
        ),
        options=("--timeout-scale", "1"),
    ),
    Case(
        "is-killed-after-the-last-check",
        CONFORMANT,
        conftest=f"def pytest_sessionfinish():\n    {KILL}\n",
        options=("--timeout-scale", "1"),
    ),
    Case(
        "ignores-SIGTERM",
        CONFORMANT,
        options=as_program(f'trap "" TERM; {REFERENCE}'),
    ),
    Case(
        "interrupts-the-run-at-its-end",
        CONFORMANT,
        options=as_program(f'trap "kill -INT $PPID; exit" TERM; {REFERENCE} & wait'),
    ),
    Case(
        "shouts",
        CONFORMANT,
        options=as_program(f"head -c 30000000 /dev/zero; exec {REFERENCE}"),
    ),
    Case(
        "interrupts-the-run-at-its-start",
        INCOMPLETE,
        "interrupted",
        options=as_program(f"kill -INT $PPID; exec {REFERENCE}"),
    ),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "ends-at-its-start",
        "does-nothing",
        "is-killed-in-the-first-check",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_broken_controller_gets_the_verdict_that_it_deserves(case, tmp_path, control_plane):
    broken(case, tmp_path, {"KUSCIA_CONFORMANCE_CLUSTER": f"kubeconfig:{control_plane}"})
    if (tmp_path / "out" / "plan.json").exists():
        with chdir(tmp_path):
            words = Counter(each.word for each in replay(Path("out")).checks)
        assert words["same"] + words["no evidence"] == words.total() == 3
        assert words["same"] or case.ends == INCOMPLETE
