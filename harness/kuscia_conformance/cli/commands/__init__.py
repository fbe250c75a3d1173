"""The commands of `kuscia-conformance`, a module each: `run.py` has the click command `run`.

Comes in: the options of one command. Goes out: a call of the room that does the work, and what it
found, as text. A command imports that room only when it is called, so that help is there at once.
`cli.main` lists the commands in the order of the help text. One must not know another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kuscia_conformance.pytest_plugin.options import OPTIONS

F = TypeVar("F", bound=Callable[..., Any])


def suite_options(*names: str) -> Callable[[F], F]:
    """The options of the one table, or those named, as options of a click command."""

    def decorate(command: F) -> F:
        for option in reversed(OPTIONS):
            if names and option.name not in names:
                continue
            kind: dict[str, Any] = {"metavar": option.metavar, "multiple": option.multiple}
            if option.flag:
                kind = {"is_flag": True}
            default = f"  [default: {option.default}]" if option.default else ""
            with_option = click.option(
                f"--{option.name}", option.key, default=None, help=option.help + default, **kind
            )
            command = with_option(command)
        return command

    return decorate
