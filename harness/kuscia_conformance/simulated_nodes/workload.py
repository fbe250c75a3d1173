"""What a container does when left alone, told from its command, and how it is told to end.

A command that is not understood runs until it is told to end or is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kuscia_conformance.simulated_nodes import shell
from kuscia_conformance.simulated_nodes.shell import COMPLAINTS, NOT_FOUND, OUTPUT, SHELLS, Command

TERMINATION_LOG = "/dev/termination-log"
#: 128 + 15: how a process ends that obeys TERM.
TERMINATED = 143
#: Nothing lies here, in whatever image.
NOWHERE = "/no/such/"
#: The suite's workload image runs this, and so lasts for this long, in seconds.
APP, APP_SECONDS = ("./app", "app", "/work/app"), "15"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
#: Commands that change nothing that can be seen from outside.
_QUIET = ("cd", "export", "set", "umask", "mkdir", "touch", "chmod", ":")


@dataclass(frozen=True)
class Program:
    """How a container behaves. The defaults: it does nothing, successfully."""

    #: How long it runs; None: until it is told to end.
    seconds: float | None = 0.0
    exit_code: int = 0
    #: What it leaves as its termination message.
    message: str = ""
    #: The code it ends with on TERM; None: it does not hear it, as process 1 of a container.
    on_term: int | None = None
    #: Why it cannot even be started.
    start_error: str = ""
    #: What it prints, and after how many seconds.
    output: tuple[tuple[float, str], ...] = ()

    def printed(self, after: timedelta) -> str:
        """What it has printed when it has run for so long."""
        return "".join(text for at, text in self.output if timedelta(seconds=at) <= after)


UNKNOWN = Program(seconds=None)


def interpret(argv: Sequence[str]) -> Program:
    """What this command does; none at all is the image's own, a shell without input."""
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
    """`2`, `0.5`, `3m`, as busybox reads it. ValueError for anything else."""
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
        output=((0, f"app {' '.join(arguments)}\n"),),
    )


#: The commands that are understood, each a function of its arguments.
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
    """A shell's script: its commands one after the other, until one lasts for ever.

    The shell is process 1 and deaf to TERM, until it becomes its last command.
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
    """The program with its output sent where the command says; a log shows both streams."""
    to = command.streams["2" if program.exit_code == NOT_FOUND else "1"]
    if to in (OUTPUT, COMPLAINTS) or not program.output:
        return program
    text = "".join(text for _, text in program.output)
    message = text if to == TERMINATION_LOG else program.message
    return replace(program, output=(), message=message)


def _then(first: Program, second: Program, *, becomes: bool) -> Program:
    """One after the other; what the shell becomes hears TERM itself, unless a trap is set."""
    lasts = None if second.seconds is None else (first.seconds or 0) + second.seconds
    heard = second.on_term if becomes and first.on_term is None else first.on_term
    later = tuple((at + (first.seconds or 0), text) for at, text in second.output)
    message = second.message or first.message
    return Program(lasts, second.exit_code, message, heard, output=first.output + later)


def _trapped(words: list[str]) -> int | None:
    """The code with which `trap '… exit CODE' TERM` ends the shell."""
    found = re.search(r"exit (\d+)", " ".join(words))
    return int(found[1]) if found and {"TERM", "15"} & set(words) else None
