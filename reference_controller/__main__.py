"""`python -m reference_controller` prints the state tables that its README contains."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from reference_controller.kuscia_task.reasons import Reason
from reference_controller.machine import Machine
from reference_controller.server import controllers


def tables() -> str:
    """Returns the tables in Markdown: one for each machine, and one of the reasons.

    The text of a transition is the first line of its docstring.
    """
    machines = [_table(each.name, each.machine) for each in controllers()]
    return "\n\n".join([*machines, reasons()])


def reasons() -> str:
    """Returns the table of all words that the controller writes into `reason`, in Markdown."""
    rows = ["### Reasons", "", "| reason | when | what would help |", "|---|---|---|"]
    rows += [f"| `{reason}` | {reason.when} | {reason.remedy} |" for reason in Reason]
    return "\n".join(rows)


def _table(name: str, machine: Machine[Any]) -> str:
    rows = [f"### {name}", "", "| phase | transitions, the first that applies | deadlines |"]
    rows.append("|---|---|---|")
    for phase, transitions in machine.transitions.items():
        deadlines = machine.deadlines.get(phase, ())
        cells = (_phase(phase), _names(transitions), _names(deadlines))
        rows.append("| " + " | ".join(cells) + " |")
    meanings = {
        transition.__name__: _meaning(transition)
        for transitions in machine.transitions.values()
        for transition in transitions
    }
    rows += ["", *(f"- **{name}**{meaning}" for name, meaning in meanings.items())]
    return "\n".join(rows)


def _phase(phase: Hashable) -> str:
    return str(phase) or "(none yet)"


def _names(functions: Sequence[Callable[..., Any]]) -> str:
    return ", ".join(function.__name__ for function in functions) or "–"


def _meaning(transition: Callable[..., Any]) -> str:
    lines = (transition.__doc__ or "").strip().splitlines()
    return f": {lines[0]}" if lines else ""


if __name__ == "__main__":
    sys.stdout.write(tables() + "\n")
