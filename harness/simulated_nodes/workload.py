"""What a container does when left alone, told from its command, and how it is told to end.

A command that is not understood runs until it is told to end or is deleted.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

TERMINATION_LOG = "/dev/termination-log"
#: 128 + 15: how a process ends that obeys TERM.
TERMINATED = 143
#: How a shell ends whose last command does not exist.
NOT_FOUND = 127
#: Nothing lies here, in whatever image.
NOWHERE = "/no/such/"
SHELLS = ("sh", "/bin/sh", "ash", "/bin/ash")
#: The suite's workload image runs this, and so lasts for this long, in seconds.
APP, APP_SECONDS = ("./app", "app", "/work/app"), "15"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
#: What becomes of messages on stderr is of no interest.
_ERRORS = re.compile(r"(?<!\S)2>>?\s*[^\s;&|]+|[12]?>&[12]")
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


UNKNOWN = Program(seconds=None)


@dataclass(frozen=True)
class Order:
    """How a container is told to end."""

    exit_code: int = 0
    message: str = ""
    #: Whom it concerns; without a name the first container.
    container: str = ""


def read_order(text: str) -> Order:
    """The order that an annotation holds. ValueError if it holds none."""
    order = json.loads(text)
    if not isinstance(order, dict):
        raise ValueError(f"an order is a JSON object, not {text!r}")
    code = order.get("exitCode", 0)
    if not isinstance(code, int):
        raise ValueError(f"exitCode is a number, not {code!r}")
    return Order(code, str(order.get("message", "")), str(order.get("container", "")))


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
        return Program(exit_code=NOT_FOUND)
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


def _print(arguments: list[str]) -> Program:
    text = arguments[1:] if arguments[:1] == ["%s"] else arguments
    return Program(message=" ".join(text))


def _app(arguments: list[str]) -> Program:
    options = dict(word[2:].split("=", 1) for word in arguments if re.match("--[^=]+=", word))
    return Program(
        seconds=_seconds(options.get("seconds", APP_SECONDS)),
        exit_code=int(options.get("exit-code", 0)),
        message=options.get("message", ""),
        on_term=TERMINATED,
    )


#: The commands that are understood, each a function of its arguments.
COMMANDS: dict[str, Callable[[list[str]], Program]] = {
    "sleep": _sleep,
    "exit": _exit,
    "true": lambda _: Program(),
    "false": lambda _: Program(exit_code=1),
    **dict.fromkeys(_QUIET, lambda _: Program()),
    "echo": _print,
    "printf": _print,
    **dict.fromkeys(APP, _app),
}


@dataclass
class _Command:
    """One command of a script, and when it runs: after `;`, `&&` or `||`."""

    after: str
    words: list[str] = field(default_factory=list)
    output: str = ""

    def runs(self, last_code: int) -> bool:
        return {"&&": last_code == 0, "||": last_code != 0}.get(self.after, True)

    def program(self) -> Program:
        if {"&", "|"} & set(self.words):
            return UNKNOWN
        program = _simple(self.words)
        if self.words[0] in ("echo", "printf") and self.output != TERMINATION_LOG:
            return replace(program, message="")
        return program


def _script(text: str) -> Program:
    """A shell's script: its commands one after the other, until one lasts for ever.

    The shell is process 1 and deaf to TERM, until it becomes its last command.
    """
    try:
        commands = [command for command in _commands(text) if command.words]
    except ValueError:
        return UNKNOWN
    so_far = Program()
    for command in commands:
        if not command.runs(so_far.exit_code):
            continue
        if command.words[0] == "trap":
            so_far = replace(so_far, on_term=_trapped(command.words))
            continue
        now = command.program()
        becomes = command is commands[-1] or command.words[0] == "exec"
        so_far = _then(so_far, now, becomes=becomes)
        if now.seconds is None or command.words[0] in ("exit", "exec"):
            break
    return so_far


def _then(first: Program, second: Program, *, becomes: bool) -> Program:
    """One after the other; what the shell becomes hears TERM itself, unless a trap is set."""
    lasts = None if second.seconds is None else (first.seconds or 0) + second.seconds
    heard = second.on_term if becomes and first.on_term is None else first.on_term
    return Program(lasts, second.exit_code, second.message or first.message, heard)


def _trapped(words: list[str]) -> int | None:
    """The code with which `trap '… exit CODE' TERM` ends the shell."""
    found = re.search(r"exit (\d+)", " ".join(words))
    return int(found[1]) if found and {"TERM", "15"} & set(words) else None


def _commands(text: str) -> Iterator[_Command]:
    lexer = shlex.shlex(_ERRORS.sub("", text), posix=True, punctuation_chars=";&|<>\n")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, "#"
    command = _Command(after=";")
    for word in lexer:
        if word in (";", "&&", "||") or not word.strip(";\n"):
            yield command
            command = _Command(after=word)
        elif word in (">", ">>"):
            command.output = next(lexer, "")
        else:
            command.words.append(word)
    yield command
