"""The steps of the feature language: one function for each sentence that a feature may use.

Comes in: the values and the table of a step, and the running `Scenario`. Goes out: nothing, or a
failure of the check. Each function calls a part of `scenario`; what it looks for is in
`scenario.observed`.

    cluster     domains and their nodes         nodes       their state, pods of others
    controller  killed and started
    resources   tasks and manifests             changes     to manifests and to objects
    pods        ended and checked               services    the pods that they lead to
    inside      files in a pod                  status      documents, phases, kubectl's table
    cleaning    the objects that remain         time        seconds that pass
    moments     times and their order           groups      what reserves for a task
    placeholders  the words that may stand in a step

To add a step, write a function in one of these modules. The first paragraph of its docstring is an
example of the step; the rest says what the words do not. A step that may stand after Then says with
`@compares` what it compares. `lint` needs two more: a step that gives domains, tasks or pods says
so with `@gives`, and one with a table says with `Annotated[Table, Form(…)]` which rows it takes.
Explain new placeholders in `placeholders`. Then print the list for features/README.md:
`python -m kuscia_conformance.steps`.

A module with steps must not know another.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from kuscia_conformance.features.step_definitions import StepDefinitions

if TYPE_CHECKING:
    from kuscia_conformance.steps import placeholders


def modules() -> tuple[ModuleType, ...]:
    """Imports the modules with steps and returns them, in the order of features/README.md.

    No other list of them exists: pytest gets its plugins from here.
    """
    from kuscia_conformance.steps import (
        changes,
        cleaning,
        cluster,
        controller,
        groups,
        inside,
        moments,
        nodes,
        pods,
        resources,
        services,
        status,
        time,
    )

    return (
        cluster,
        nodes,
        controller,
        resources,
        changes,
        pods,
        services,
        inside,
        status,
        cleaning,
        time,
        groups,
        moments,
    )


@cache
def definitions() -> StepDefinitions:
    """Returns the definitions of the suite's steps, and of those that an author has loaded."""
    return StepDefinitions([module.__name__ for module in modules()])


def explanations() -> tuple[placeholders.Table, ...]:
    """Returns the tables that explain the placeholders of the steps."""
    from kuscia_conformance.steps import placeholders

    return placeholders.tables()


def placeholder(name: str) -> placeholders.Placeholder | None:
    """Returns what may stand for a placeholder; None for one of an author's own steps."""
    from kuscia_conformance.steps import placeholders

    return placeholders.PLACEHOLDERS.get(name)
