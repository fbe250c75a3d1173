"""The commands of `kuscia-conformance`: `run.py` has the click command `run`, and so on.

Comes in: the options of one command. Goes out: a call of the room that does the work, and its
result as text.

A command imports that room inside its function, so that `--help` is fast. `cli.main` lists the
commands in the order of the help text. The docstring of a command is its help text. One command
must not know another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from kuscia_conformance.pytest_plugin.options import OPTIONS

F = TypeVar("F", bound=Callable[..., Any])


class Finite(click.FloatRange):
    """A number within a range. `click.FloatRange` lets nan through, which is in no range."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Returns the number. Fails as click does for a text that is no number of the range."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return number


def suite_options(*names: str) -> Callable[[F], F]:
    """Returns a decorator that adds the suite's options to a click command.

    With `names` it adds only these. The options come from `pytest_plugin.options.OPTIONS`, so the
    command and the pytest plugin have the same ones.
    """

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
