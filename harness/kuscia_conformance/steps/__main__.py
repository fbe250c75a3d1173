"""`python -m kuscia_conformance.steps` prints the list of steps for features/README.md.

First comes a table for each module of steps, then the tables that explain the placeholders. The
list stands in the README between `<!-- steps -->` and `<!-- /steps -->`.
"""

import sys
from collections.abc import Iterable, Sequence
from types import ModuleType

from kuscia_conformance.features.step_definitions import Definition
from kuscia_conformance.steps import definitions, explanations, modules


def tables() -> str:
    """Returns the steps and what explains them as Markdown tables."""
    explained = (_markdown(each.title, each.headings, each.rows) for each in explanations())
    return "\n\n".join([*map(_steps_of, modules()), *explained])


def _steps_of(module: ModuleType) -> str:
    heading = (module.__doc__ or "").partition("\n")[0]
    mine = (each for each in definitions().all() if each.module == module.__name__)
    return _markdown(heading.rstrip("."), ("step", "example", "notes"), map(_row, mine))


def _row(definition: Definition) -> tuple[str, ...]:
    keywords = ", ".join(word.title() for word in definition.keywords)
    table = ", with a table" if definition.takes("datatable") else ""
    step = f"{keywords} `{definition.synopsis}`{table}"
    return step, definition.example, definition.explanation


def _markdown(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *([*map(_cell, row)] for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)
    return f"**{title}**\n\n{table}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(tables() + "\n")
