"""`python -m harness.documents` prints the table of operators for fixtures/README.md."""

import sys

from harness.documents.operators import OPERATORS


def table() -> str:
    """The operators as a Markdown table: how one is written, and what it asks for."""
    rows = [("written", "asks for"), ("---", "---")]
    rows += [(f"`{kind.example}`", kind.meaning) for kind in OPERATORS.values()]
    return "\n".join(f"| {written} | {meaning} |" for written, meaning in rows)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
