"""`python -m kuscia_conformance.steps` prints the tables of steps for features/README.md."""

import sys
from types import ModuleType

from kuscia_conformance.features.step_definitions import Definition
from kuscia_conformance.steps import definitions, modules


def tables() -> str:
    """Our steps as Markdown, a table for each module."""
    return "\n\n".join(map(_table, modules()))


def _table(module: ModuleType) -> str:
    heading = (module.__doc__ or "").partition("\n")[0]
    lines = [f"**{heading.rstrip('.')}**", "", "| step | example |", "| --- | --- |"]
    mine = (each for each in definitions().all() if each.module == module.__name__)
    return "\n".join([*lines, *map(_row, mine)])


def _row(definition: Definition) -> str:
    keywords = ", ".join(word.title() for word in definition.keywords)
    step = f"{keywords} `{definition.synopsis}`"
    return f"| {_cell(step)} | {_cell(definition.example)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(tables() + "\n")
