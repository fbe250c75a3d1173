"""The commands of `kuscia-conformance`: a module each, which is imported once it is asked for.

A module has a click command of its own name (`run.py` has `run`); the table in `harness.cli`
lists them in the order of the help text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from kuscia_conformance_plugin import OPTIONS

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
