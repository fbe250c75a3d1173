"""Names in expected documents: the domains of `!node-of`, and keys such as `alice/psi-0`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from kuscia_conformance import documents
from kuscia_conformance.documents.edits import value_from
from kuscia_conformance.documents.operators import Exact, NodeOf, OneOf
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.comparisons import Sentence
from kuscia_conformance.features.schemas import EXPECTED

_KEY = re.compile(r"status\.(podStatuses|serviceStatuses)\[([^]]*)\]")


def keys_in(document: Any) -> list[tuple[str, str]]:
    """Returns the keys of a status document: `pod` or `service`, and `domain/name`; each once."""
    found = (_KEY.match(subject) for subject in documents.compared(document, "status"))
    pairs = [(key[1].removesuffix("Statuses"), key[2]) for key in found if key and key[2] != "*"]
    return list(dict.fromkeys(pairs))


def domains_in(document: Any) -> Iterator[str]:
    """Yields the domains that `!node-of` names in a document."""
    if isinstance(document, NodeOf):
        yield document.domain
    elif isinstance(document, Exact):
        yield from domains_in(document.value)
    elif isinstance(document, Mapping | list | OneOf):
        for value in _parts(document):
            yield from domains_in(value)


def _parts(document: Any) -> Any:
    if isinstance(document, OneOf):
        return document.choices
    return document.values() if isinstance(document, Mapping) else document


def document_of(sentence: Sentence) -> Any:
    """Returns the expected document that a sentence names; an empty one if it names none."""
    file = sentence.values.get("file") or ""
    try:
        return sentence.files.document(file) if file.endswith(EXPECTED) else {}
    except UsageError:  # the reader reports files
        return {}


def values_in(sentence: Sentence) -> Iterator[Any]:
    """Yields the values in a table of paths and values that have `!node-of` in them."""
    for cells in sentence.table:
        if len(cells) == 2 and "!node-of" in cells[1]:
            with suppress(UsageError):  # `words` reports it
                yield value_from(cells[1])
