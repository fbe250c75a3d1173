"""Reads the part of the shell's language that simulated containers understand.

`commands` splits a script at `;`, newlines, `&&` and `||`. A `Command` has its words, and where its
output goes. A command that needs more of a shell (a pipe, the background, input) is `unclear`.
`echo` and `printf` are here, too, since both `workload` and `inside` need them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: The exit code of a shell if its last command does not exist.
NOT_FOUND = 127
SHELLS = ("sh", "/bin/sh", "ash", "/bin/ash")
#: The shell's stdout and stderr, to which a command writes unless it is redirected.
OUTPUT, COMPLAINTS = "&1", "&2"

_WORD = r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;&|<>'"\\])+"""
_TOKEN = re.compile(
    rf"""
    (?P<nothing> [ \t]+ | \\\n | \#[^\n]* )
    | (?P<stream> \d? ) >>? (?: (?P<other> &\d ) | [ \t]* (?P<file> {_WORD} ) )
    | (?P<joint> && | \|\| | [;\n]+ )
    | (?P<unclear> [&|<] )
    | (?P<word> {_WORD} )
    """,
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)""", re.DOTALL)
#: Escapes and variables in double quotes and outside of quotes.
_VARIABLE = re.compile(r"\\([$`\"\\])|\$(?:(\w+|\?)|\{(\w+)\})")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "0": "\0"}
_DIRECTIVE = re.compile(r"%[sdi%]")


@dataclass
class Command:
    """One command of a script. `after` is the separator before it: `;`, `&&`, `||` or newline."""

    after: str = ";"
    #: The words of the command in their written form, with quotes.
    written: list[str] = field(default_factory=list)
    #: Where stdout ("1") and stderr ("2") go: a file, `OUTPUT` or `COMPLAINTS`.
    streams: dict[str, str] = field(default_factory=lambda: {"1": OUTPUT, "2": COMPLAINTS})
    unclear: bool = False

    def runs(self, last_code: int) -> bool:
        """Returns whether the command runs after a command with this exit code."""
        return {"&&": last_code == 0, "||": last_code != 0}.get(self.after, True)

    def words(self, variables: Mapping[str, str] | None = None) -> list[str]:
        """Returns the words without quotes. `$NAME` is replaced only if variables are given."""
        return [_unquoted(word, variables) for word in self.written]


def commands(script: str) -> Iterator[Command]:
    """Yields the commands of a script. Raises ValueError at text that cannot be read."""
    command, position = Command(), 0
    while position < len(script):
        found = _TOKEN.match(script, position)
        if found is None:
            raise ValueError(f"not understood: {script[position:]}")
        position = found.end()
        if joint := found["joint"]:
            if command.written:
                yield command
            command = Command(after=joint)
        else:
            _read(found, command)
    if command.written:
        yield command


def _read(found: re.Match[str], command: Command) -> None:
    """Adds a token to the command."""
    if found["word"]:
        command.written.append(found["word"])
    elif found["other"]:
        command.streams[found["stream"] or "1"] = command.streams.get(found["other"][1:], "")
    elif found["file"]:
        command.streams[found["stream"] or "1"] = _unquoted(found["file"], None)
    elif found["unclear"]:
        command.unclear = True


def _unquoted(word: str, variables: Mapping[str, str] | None) -> str:
    def value(found: re.Match[str]) -> str:
        escaped, *names = found.groups()
        if escaped or variables is None:
            return escaped or found[0]
        return variables.get(names[0] or names[1], "")

    return "".join(
        single + escaped + _VARIABLE.sub(value, double or plain)
        for single, double, escaped, plain in _PIECE.findall(word)
    )


def echo(arguments: Sequence[str]) -> str:
    """Returns what `echo` of busybox prints, with its options -n, -e and -E."""
    end, escapes = "\n", False
    while arguments and re.fullmatch("-[neE]+", arguments[0]):
        end = "" if "n" in arguments[0] else end
        escapes = escapes or "e" in arguments[0]
        arguments = arguments[1:]
    text = " ".join(arguments)
    return (_unescaped(text) if escapes else text) + end


def printf(arguments: Sequence[str]) -> str:
    """Returns what `printf` prints. The format is repeated until all arguments are used."""
    form, *left = arguments or [""]
    takes = sum(directive != "%%" for directive in _DIRECTIVE.findall(form))
    printed = _formatted(form, left)
    while takes and len(left) > takes:
        left = left[takes:]
        printed += _formatted(form, left)
    return printed


def _formatted(form: str, values: Sequence[str]) -> str:
    following = iter(values)

    def filled(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        if found[0][0] == "%":
            return next(following, "" if found[0] == "%s" else "0")
        return _unescaped(found[0])

    return re.sub(rf"{_DIRECTIVE.pattern}|\\.", filled, form)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text)
