"""Commands that clients run in a container with `exec`: their output, exit code and effects.

`COMMANDS` and a subset of the shell are understood. A command sees the mounted files
(`surroundings`), but not the files of the image. Files that it writes are gone when it ends. The
only exception is the file that orders the container to end (`exit_order`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kuscia_conformance.kube.objects import Obj, has_ended, phase_of
from kuscia_conformance.simulated_nodes import containers, shell, workload
from kuscia_conformance.simulated_nodes.exit_order import Order
from kuscia_conformance.simulated_nodes.shell import COMPLAINTS, NOT_FOUND, OUTPUT, SHELLS, Command
from kuscia_conformance.simulated_nodes.surroundings import (
    Place,
    environment,
    files,
    hostname,
    mount_points,
)

#: The working directory of the workload image.
FOLDER = "/work"
#: The script that the workload sources as soon as the file exists.
ORDERS = "/tmp/exit"
#: Words of the shell's language that are not understood.
_BEYOND = ("if", "while", "until", "for", "case", "{", "(", "!", ".", "source", "eval")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


class Said(NamedTuple):
    """The stdout, stderr and exit code of a command."""

    output: str = ""
    complaints: str = ""
    code: int = 0


@dataclass(frozen=True)
class Done:
    """The result of the whole command line, and the order to end that it has left, if any."""

    said: Said
    order: Order | None


@dataclass
class Session:
    """What a command sees, including the changes of the commands before it."""

    pod: Obj
    folder: str
    variables: dict[str, str]
    files: dict[str, str]
    folders: frozenset[str]

    def path(self, text: str) -> str:
        """Returns the absolute path; a relative one begins at the current folder."""
        return posixpath.normpath(posixpath.join(self.folder, text))

    def entries(self, folder: str) -> set[str]:
        """Returns the names in a folder, without hidden ones."""
        start = folder.rstrip("/") + "/"
        known = [*self.files, *self.folders]
        names = {path.removeprefix(start).split("/")[0] for path in known if path.startswith(start)}
        return {name for name in names if not name.startswith(".")}

    def is_folder(self, path: str) -> bool:
        return path in self.folders or bool(self.entries(path))


def require_running(pod: Obj, name: str, seen: containers.Seen | None) -> containers.Seen:
    """Returns the container if it runs.

    Raises LookupError, in a kubelet's words, if it does not run or the kubelet does not know it.
    """
    if has_ended(pod):
        phase = phase_of(pod)
        raise LookupError(
            f"cannot exec into a container in a completed pod; current phase is {phase}"
        )
    if seen is None or not isinstance(seen.container.state, containers.Running):
        raise LookupError(f'unable to upgrade connection: container not found ("{name}")')
    return seen


def run(place: Place, command: Sequence[str]) -> Done:
    """Runs a command in a container.

    Raises LookupError if the command does not exist, or is not understood by the simulation.
    """
    session = Session(
        place.pod,
        place.container.get("workingDir") or FOLDER,
        environment(place),
        files(place),
        frozenset(mount_points(place)),
    )
    said = _run(session, list(command))
    if said is None:
        raise LookupError(_cannot_start(command[0]))
    left = session.files.get(ORDERS)
    return Done(said, None if left is None else _order(left))


def _order(script: str) -> Order:
    program = workload.interpret(["sh", "-c", script])
    return Order(program.exit_code, program.message)


def _cannot_start(name: str) -> str:
    why = (
        f"stat {name}: no such file or directory"
        if "/" in name
        else ("executable file not found in $PATH")
    )
    return (
        "error executing command in container: failed to exec in container: OCI runtime exec "
        f'failed: exec failed: unable to start container process: exec: "{name}": {why}: unknown'
    )


def _run(session: Session, words: list[str]) -> Said | None:
    """Returns the result of a command; None if the command does not exist."""
    name, *arguments = words
    if name in SHELLS:
        return _shell(session, arguments)
    known = COMMANDS.get(posixpath.basename(name)) if _is_installed(name) else None
    return known(session, arguments) if known else None


def _is_installed(name: str) -> bool:
    return posixpath.dirname(name) in ("", "/bin", "/usr/bin")


def _shell(session: Session, arguments: list[str]) -> Said:
    match arguments:
        case ["-c", script, *_]:
            return _script(session, script)
        case []:
            return Said()
    raise _not_understood(" ".join(["sh", *arguments]))


def _script(session: Session, script: str) -> Said:
    try:
        commands = list(shell.commands(script))
    except ValueError as error:
        raise _not_understood(script) from error
    total = Said()
    for command in commands:
        if command.runs(total.code):
            said = _sent(session, command, _in_shell(session, command, total.code))
            total = Said(total.output + said.output, total.complaints + said.complaints, said.code)
            if command.written[0] in ("exit", "exec"):
                break
    return total


def _in_shell(session: Session, command: Command, last_code: int) -> Said:
    substituted = any(re.search(r"\$\(|`", word) for word in command.written if word[0] != "'")
    if command.unclear or substituted or command.written[0] in _BEYOND:
        raise _not_understood(" ".join(command.written))
    words = command.words({**session.variables, "?": str(last_code)})
    if all(_ASSIGNMENT.match(word) for word in words):
        session.variables |= dict(word.split("=", 1) for word in words)
        return Said()
    if words[0] == "exit":
        return Said(code=int(words[1]) if words[1:2] and words[1].isdigit() else last_code)
    if words[0] == "exec" and words[1:]:
        words = words[1:]
    said = _run(session, words)
    return said or Said("", f"sh: {words[0]}: not found\n", NOT_FOUND)


def _sent(session: Session, command: Command, said: Said) -> Said:
    """Writes redirected output to files, and returns what is left for stdout and stderr."""
    left = {OUTPUT: "", COMPLAINTS: ""}
    for stream, text in (("1", said.output), ("2", said.complaints)):
        to = command.streams[stream]
        if to in left:
            left[to] += text
        elif to != "/dev/null":
            session.files[session.path(to)] = text
    return Said(left[OUTPUT], left[COMPLAINTS], said.code)


def _not_understood(text: str) -> LookupError:
    return LookupError(f"simulated containers do not understand: {text}")


def _cat(session: Session, arguments: list[str]) -> Said:
    output = complaints = ""
    for argument in arguments:
        path = session.path(argument)
        if path in session.files:
            output += session.files[path]
        elif session.is_folder(path):
            complaints += "cat: read error: Is a directory\n"
        else:
            complaints += f"cat: can't open '{argument}': No such file or directory\n"
    return Said(output, complaints, 1 if complaints else 0)


def _ls(session: Session, arguments: list[str]) -> Said:
    output = complaints = ""
    named = [argument for argument in arguments if argument != "-1"]
    for argument in named or ["."]:
        path = session.path(argument)
        if path in session.files:
            output += f"{argument}\n"
        elif entries := session.entries(path):
            output += f"{argument}:\n" * (len(named) > 1)
            output += "".join(f"{name}\n" for name in sorted(entries))
        elif path not in session.folders:
            complaints += f"ls: {argument}: No such file or directory\n"
    return Said(output, complaints, 1 if complaints else 0)


def _env(session: Session, arguments: list[str]) -> Said:
    if arguments:
        raise _not_understood(" ".join(["env", *arguments]))
    return Said("".join(f"{name}={value}\n" for name, value in session.variables.items()))


def _printenv(session: Session, arguments: list[str]) -> Said:
    if not arguments:
        return _env(session, [])
    values = [session.variables[name] for name in arguments if name in session.variables]
    return Said("".join(f"{value}\n" for value in values), "", int(len(values) < len(arguments)))


def _cd(session: Session, arguments: list[str]) -> Said:
    session.folder = session.path(arguments[0] if arguments else "/root")
    return Said()


def _mv(session: Session, arguments: list[str]) -> Said:
    if len(arguments) != 2:
        raise _not_understood(" ".join(["mv", *arguments]))
    source, target = map(session.path, arguments)
    if source not in session.files:
        return Said("", f"mv: can't rename '{arguments[0]}': No such file or directory\n", 1)
    session.files[target] = session.files.pop(source)
    return Said()


def _test(session: Session, arguments: list[str]) -> Said:
    match arguments:
        case ["-e" | "-f" | "-d" as what, text]:
            path = session.path(text)
            is_file = path in session.files
            is_folder = not is_file and session.is_folder(path)
            holds = {"-e": is_file or is_folder, "-f": is_file, "-d": is_folder}[what]
        case ["-n", text] | [text]:
            holds = bool(text)
        case ["-z", text]:
            holds = not text
        case [left, "=" | "!=" as how, right]:
            holds = (left == right) == (how == "=")
        case _:
            raise _not_understood(" ".join(["test", *arguments]))
    return Said(code=int(not holds))


#: The commands that are understood, with or without a shell.
COMMANDS: Mapping[str, Callable[[Session, list[str]], Said]] = {
    "cat": _cat,
    "ls": _ls,
    "env": _env,
    "printenv": _printenv,
    "cd": _cd,
    "mv": _mv,
    "test": _test,
    "[": lambda session, arguments: _test(session, arguments[:-1]),
    "echo": lambda _, arguments: Said(shell.echo(arguments)),
    "printf": lambda _, arguments: Said(shell.printf(arguments)),
    "pwd": lambda session, _: Said(f"{session.folder}\n"),
    "hostname": lambda session, _: Said(f"{hostname(session.pod)}\n"),
    "true": lambda _, __: Said(),
    "false": lambda _, __: Said(code=1),
    ":": lambda _, __: Said(),
}
