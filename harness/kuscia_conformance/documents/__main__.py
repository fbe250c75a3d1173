"""`python -m kuscia_conformance.documents` prints the table of operators for fixtures/README.md."""

import sys

from kuscia_conformance.documents.compare import compare
from kuscia_conformance.documents.load import document_from
from kuscia_conformance.documents.operators import OPERATORS, Operator
from kuscia_conformance.documents.paths import path_text


def table() -> str:
    """Returns the operators as a Markdown table; the last column comes from a real comparison."""
    rows = [("written", "asks for", "reads in a failure"), ("---", "---", "---")]
    rows += [(f"`{kind.example}`", kind.meaning, _failure(kind)) for kind in OPERATORS.values()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _failure(kind: type[Operator]) -> str:
    [mismatch] = compare(document_from(kind.example), document_from(kind.refuses))
    path = path_text(mismatch.path)
    return f"`{path}`: expected *{mismatch.expected}*, actual *{mismatch.actual}*"


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
