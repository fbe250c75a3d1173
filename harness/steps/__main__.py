"""`python -m harness.steps` prints the tables of steps for features/README.md."""

import sys
from importlib import import_module
from itertools import groupby

from harness.sentences import Definition, definitions
from harness.steps import MODULES


def tables() -> str:
    """Our steps as Markdown, a table for each module."""
    ours = [each for each in definitions() if each.module in MODULES]
    return "\n\n".join(
        _table(module, list(rows)) for module, rows in groupby(ours, lambda each: each.module)
    )


def _table(module: str, rows: list[Definition]) -> str:
    heading = (import_module(module).__doc__ or "").partition("\n")[0]
    lines = [f"**{heading.rstrip('.')}**", "", "| step | example |", "| --- | --- |"]
    return "\n".join([*lines, *(_row(each) for each in rows)])


def _row(definition: Definition) -> str:
    keywords = ", ".join(word.title() for word in definition.keywords)
    step = f"{keywords} `{definition.synopsis}`"
    return f"| {_cell(step)} | {_cell(definition.example)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(tables() + "\n")
