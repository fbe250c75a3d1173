"""Predicts what a container does from its command.

A `Program` says how long the container runs, how it ends, what it prints, and whether it handles
SIGTERM. A command that is not understood runs until it is told to end or its pod is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kuscia_conformance.simulated_nodes import shell
from kuscia_conformance.simulated_nodes.shell import COMPLAINTS, NOT_FOUND, OUTPUT, SHELLS, Command

TERMINATION_LOG = "/dev/termination-log"
#: The exit code of a process that ends on SIGTERM: 128 + 15.
TERMINATED = 143
#: A folder that exists in no image, by convention.
NOWHERE = "/no/such/"
#: The command of the suite's workload image, and how many seconds it runs by default.
APP, APP_SECONDS = ("./app", "app", "/work/app"), "15"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
#: Commands without an effect that can be seen from outside.
_QUIET = ("cd", "export", "set", "umask", "mkdir", "touch", "chmod", ":")


@dataclass(frozen=True)
class Program:
    """The behaviour of a container. By default it ends immediately, successfully and silently."""

    #: How many seconds it runs; None: until it is told to end.
    seconds: float | None = 0.0
    exit_code: int = 0
    #: The termination message that it leaves.
    message: str = ""
    #: The exit code on SIGTERM; None: it ignores the signal, as process 1 of a container does.
    on_term: int | None = None
    #: How many seconds it goes on after SIGTERM, if it handles the signal.
    lingers: float = 0.0
    #: The runtime's message if the process cannot be started.
    start_error: str = ""
    #: Pairs: after how many seconds it prints which text.
    output: tuple[tuple[float, str], ...] = ()

    def printed(self, after: timedelta) -> str:
        """Returns what the container has printed after it has run for this time."""
        return "".join(text for at, text in self.output if timedelta(seconds=at) <= after)


UNKNOWN = Program(seconds=None)


def interpret(argv: Sequence[str]) -> Program:
    """Returns what this command does.

    An empty command is the image's own: a shell without input, which ends immediately.
    """
    match list(argv):
        case []:
            return Program()
        case [shell, "-c", script, *_] if shell in SHELLS:
            return _script(script)
        case [name, *_] if name.startswith(NOWHERE):
            return Program(start_error=_not_found(name))
        case words:
            return _simple(words)


def _not_found(name: str) -> str:
    return (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        "runc create failed: unable to start container process: "
        f'exec: "{name}": stat {name}: no such file or directory: unknown'
    )


def _simple(words: list[str]) -> Program:
    name, *arguments = words
    if name == "exec" and arguments:
        return _simple(arguments)
    if name.startswith(NOWHERE):
        return Program(exit_code=NOT_FOUND, output=((0, f"sh: {name}: not found\n"),))
    try:
        return COMMANDS[name](arguments)
    except (KeyError, ValueError):
        return UNKNOWN


def _sleep(arguments: list[str]) -> Program:
    return Program(seconds=sum(map(_seconds, arguments)))


def _seconds(text: str) -> float:
    """Reads a duration as busybox does: `2`, `0.5`, `3m`. Raises ValueError for other texts."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    if not number.replace(".", "", 1).isdigit():
        raise ValueError(text)
    return float(number) * _UNITS[unit]


def _exit(arguments: list[str]) -> Program:
    return Program(exit_code=int(arguments[0]) if arguments else 0)


def _app(arguments: list[str]) -> Program:
    options = dict(word[2:].split("=", 1) for word in arguments if re.match("--[^=]+=", word))
    return Program(
        seconds=_seconds(options.get("seconds", APP_SECONDS)),
        exit_code=int(options.get("exit-code", 0)),
        message=options.get("message", ""),
        on_term=TERMINATED,
        lingers=_seconds(options.get("linger", "0")),
        output=((0, f"app {' '.join(arguments)}\n"),),
    )


#: The commands that are understood; each is a function of its arguments.
COMMANDS: dict[str, Callable[[list[str]], Program]] = {
    "sleep": _sleep,
    "exit": _exit,
    "true": lambda _: Program(),
    "false": lambda _: Program(exit_code=1),
    **dict.fromkeys(_QUIET, lambda _: Program()),
    "echo": lambda arguments: Program(output=((0, shell.echo(arguments)),)),
    "printf": lambda arguments: Program(output=((0, shell.printf(arguments)),)),
    **dict.fromkeys(APP, _app),
}


def _script(text: str) -> Program:
    """Returns what a shell script does: its commands run in order.

    They run up to `exit`, `exec`, or a command that never ends. The shell is process 1 and
    therefore ignores SIGTERM. The last command replaces the shell and gets the signal itself.
    """
    try:
        commands = list(shell.commands(text))
    except ValueError:
        return UNKNOWN
    so_far = Program()
    for command in commands:
        if not command.runs(so_far.exit_code):
            continue
        words = command.words()
        if words[0] == "trap":
            so_far = replace(so_far, on_term=_trapped(words))
            continue
        now = UNKNOWN if command.unclear else _sent(_simple(words), command)
        becomes = command is commands[-1] or words[0] == "exec"
        so_far = _then(so_far, now, becomes=becomes)
        if now.seconds is None or words[0] in ("exit", "exec"):
            break
    return so_far


def _sent(program: Program, command: Command) -> Program:
    """Applies the command's redirection to its output; the log has stdout and stderr."""
    to = command.streams["2" if program.exit_code == NOT_FOUND else "1"]
    if to in (OUTPUT, COMPLAINTS) or not program.output:
        return program
    text = "".join(text for _, text in program.output)
    message = text if to == TERMINATION_LOG else program.message
    return replace(program, output=(), message=message)


def _then(first: Program, second: Program, *, becomes: bool) -> Program:
    """Joins two programs that run one after the other.

    With `becomes` the second one replaces the shell, and gets SIGTERM itself unless a trap is set.
    """
    lasts = None if second.seconds is None else (first.seconds or 0) + second.seconds
    hears = second if becomes and first.on_term is None else first
    later = tuple((at + (first.seconds or 0), text) for at, text in second.output)
    return Program(
        lasts,
        second.exit_code,
        second.message or first.message,
        hears.on_term,
        hears.lingers,
        output=first.output + later,
    )


def _trapped(words: list[str]) -> int | None:
    """Returns the exit code in `trap '… exit CODE' TERM`; None for other traps."""
    found = re.search(r"exit (\d+)", " ".join(words))
    return int(found[1]) if found and {"TERM", "15"} & set(words) else None
