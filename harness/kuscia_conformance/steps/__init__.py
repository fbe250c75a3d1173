"""The steps of the feature language: thin, each a sentence about a `Scenario`.

`cluster` gives domains and room, `controller` kills and starts it, `resources` creates and
deletes, `changes` makes things other than usual, `pods` tells pods to end and looks at them,
`services` looks at what leads to them, `inside` reads files in them, `status` compares documents,
`throughout` judges every change of it, `cleaning` looks at what remains, `time` lets time pass,
`moments` asks when things happened, `groups` looks at how a task's parties reserve.
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
