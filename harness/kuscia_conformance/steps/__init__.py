"""The steps of the feature language: each one a sentence that calls a part of a `Scenario`.

Comes in: the words of a step, its table, the scenario. Goes out: nothing, or a failure. To add a
step, write a function here whose docstring begins with an example, and have the table in
features/README.md written again: `python -m kuscia_conformance.steps` prints it. What the step does
goes to `scenario`, and what it looks for to `scenario.observed`.

    cluster     domains, nodes, their room    controller  killed and started
    resources   created and deleted           changes     in manifests and by other people
    pods        told to end, looked at        services    what leads to them
    inside      files in them                 status      documents, phases, the table
    throughout  every change of a status      cleaning    what remains
    time        that passes                   moments     when things happened
    groups      how a task reserves for its parties

One module must not know another.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from kuscia_conformance.features.step_definitions import StepDefinitions


def modules() -> tuple[ModuleType, ...]:
    """Imports the step modules and returns them, in the order of features/README.md.

    This is the one list of them: pytest gets them from here as plugins.
    """
    from kuscia_conformance.steps import (
        changes,
        cleaning,
        cluster,
        controller,
        groups,
        inside,
        moments,
        pods,
        resources,
        services,
        status,
        throughout,
        time,
    )

    return (
        cluster,
        controller,
        resources,
        changes,
        pods,
        services,
        inside,
        status,
        throughout,
        cleaning,
        time,
        groups,
        moments,
    )


@cache
def definitions() -> StepDefinitions:
    """Returns the suite's step definitions, with which an author's own are found, too."""
    return StepDefinitions([module.__name__ for module in modules()])
