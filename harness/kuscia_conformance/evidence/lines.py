"""Reads files with one JSON object in each line, and says in which line a file is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from kuscia_conformance.errors import NotRecorded
from kuscia_conformance.kube.objects import Obj


def lines_of(file: Path) -> Iterator[tuple[int, Obj]]:
    """Yields the number of each line, from 1 on, and its object.

    Raises NotRecorded, with file and line, if the file is missing, or if a line is not a complete
    JSON object.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotRecorded(f"{file}: cannot be read: {error.strerror}") from error
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        yield number, _object(line, f"{file}:{number}")


def _object(line: bytes, where: str) -> Obj:
    if not line.endswith(b"\n"):
        raise NotRecorded(f"{where}: the line is cut off: it does not end in a newline")
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise NotRecorded(f"{where}: this is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise NotRecorded(f"{where}: expected a JSON object, found {type(found).__name__}")
    return found
