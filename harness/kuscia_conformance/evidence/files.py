"""Where evidence lies, and files that are complete or absent whenever their writer is killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from kuscia_conformance.errors import HarnessError, UsageError
from kuscia_conformance.features.checks import Check

#: The folder, in the results, with a folder for each check.
CHECKS = "checks"


def folder_of(out: Path, check: Check) -> Path:
    """Returns the folder for the evidence of a check, `checks/AREA/CHECK` in the results."""
    return out / CHECKS / check.area / check.id


def write_json(path: Path, data: Any) -> None:
    """Writes the file, and makes its folder. Another process never sees half of it.

    Raises HarnessError if that is not possible, for example because the disk is full.
    """
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with complete(path) as unfinished:
            unfinished.write_bytes(text)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an OSError of the context into a HarnessError that names the file."""
    try:
        yield
    except OSError as error:
        text = f"the evidence cannot be written: {path}: {error.strerror}"
        hint = "is the disk full, or the folder gone? name another one with --out, and run again"
        raise HarnessError(text, hint=hint) from error


@contextmanager
def complete(path: Path) -> Iterator[Path]:
    """Yields another path to write to; that file gets the name `path` when the context ends.

    After an error it is deleted, and an older file of the name `path` stays.
    """
    # Each process has a name of its own for the unfinished file.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield unfinished
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """Returns the content of the file, None if there is no such file.

    Raises UsageError for a file that cannot be read or is not JSON: it was not written by a run.
    """
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: this is not JSON: {error.msg}") from error
