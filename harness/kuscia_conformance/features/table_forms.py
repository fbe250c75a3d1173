"""The tables below steps: the form that a step asks for, and what is wrong with a table.

A step function says the form in the annotation of its parameter `datatable`:

    FIELDS = fields_of("KusciaTask")

    def _(scenario: Scenario, datatable: Annotated[Table, FIELDS]) -> None: ...

So `lint` finds a wrong table without a cluster, and a run finds it before it begins. The tables of
an author's own step that says no form are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_type_hints

from kuscia_conformance.errors import choice

Table = list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Form:
    """What each row of a table looks like. A table with a wrong row never reaches its step."""

    #: A row, or the rows, that a message shows to the author.
    example: str
    #: How many cells each row has, and how many rows there are; None for any number.
    cells: int | None = None
    rows: int | None = None
    #: The texts that may stand in the first cell of a row; empty for any text.
    first: tuple[str, ...] = ()
    #: The texts that may stand in the first row, which has headings; empty without headings.
    headings: tuple[str, ...] = ()
    #: The kind of the object whose fields the rows name; `status` for the status of a task, `file`
    #: for the kind in the file of the step; "" for any.
    kind: str = ""

    def mistakes(self, table: Table) -> Iterator[tuple[int, str, str]]:
        """Yields the number of the row (from 0), what is wrong with it, and a hint."""
        as_in = f"as in: {self.example}"
        for heading in table[0] if self.headings else ():
            if heading not in self.headings:
                yield 0, f"there is no column {heading!r}", choice(heading, self.headings)
        if self.rows is not None and len(table) != self.rows:
            yield 0, f"expected {self.rows} rows, found {len(table)}", as_in
        for number, row in enumerate(table):
            if not row:
                yield number, "the row has no cell", as_in
            elif self.cells is not None and len(row) != self.cells:
                yield number, f"expected {_cells(self.cells)}, found {len(row)}", as_in
            elif self.first and row[0] not in self.first:
                yield number, f"{row[0]!r} cannot stand here", choice(row[0], self.first)


def fields_of(kind: str, example: str = "| spec.parties[0].role | Host |") -> Form:
    """Returns the form of a table of fields and their values, of objects of this kind."""
    return Form(cells=2, example=example, kind=kind)


def form_of(function: Any) -> Form | None:
    """Returns the form in the annotation of the function's `datatable`; None if it has none."""
    try:
        hint = get_type_hints(function, include_extras=True).get("datatable")
    except NameError:  # an author's annotation may name what only type checkers import
        return None
    return next(
        (each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Form)), None
    )


def _cells(count: int) -> str:
    return "1 cell in the row" if count == 1 else f"{count} cells in the row"
