"""The results folder: which files belong to a run, and how an older run in it is replaced."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from kuscia_conformance.errors import UsageError
from kuscia_conformance.evidence import ending, plan

REPORT, JUNIT = "report.yaml", "junit.xml"
#: The names of files that a killed run has not finished; see `evidence.files`.
UNFINISHED = (".*.json.*", f".{REPORT}.*", f".{JUNIT}.*")
#: The files that a run writes into its folder. Other files are never changed.
OURS = (REPORT, JUNIT, plan.FILE, ending.FILE, "controller*.log", "checks", *UNFINISHED)


def require_ours(out: Path) -> None:
    """Checks that the folder does not exist, or holds nothing but an older run.

    Raises UsageError if the path is a file, cannot be read or written, or holds a file that no run
    writes.
    """
    try:
        if out.exists() and not out.is_dir():
            raise UsageError(f"--out {out}: this is a file", hint="name a folder")
        _require_writable(out)
        foreign = sorted(path.name for path in _content(out) if not any(map(path.match, OURS)))
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be read: {error.strerror}") from error
    if foreign:
        raise UsageError(
            f"--out {out}: holds {foreign[0]!r}, which is not from a conformance run",
            hint="name another folder, or empty this one",
        )


def _require_writable(out: Path) -> None:
    """Raises UsageError if the user may not write into the folder, or may not make it."""
    there = next((folder for folder in (out, *out.absolute().parents) if folder.exists()), out)
    if not there.is_dir():
        raise UsageError(f"--out {out}: {there} is a file", hint="name a folder below a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        text = f"--out {out}: you may not write into {there}"
        raise UsageError(text, hint="name another folder, or change its permissions")


def retire_report(out: Path) -> str:
    """Deletes the report of an older run, and returns a text that says so; "" if there was none.

    Otherwise it would be taken for the report of a run that has ended before it wrote one. The
    evidence stays, so that `kuscia-conformance report` can write the report again. A folder that
    is not a run's is left alone.
    """
    with suppress(UsageError, OSError):
        require_ours(out)
        older = [path for path in (out / REPORT, out / JUNIT) if path.exists()]
        for path in older:
            path.unlink()
        if older:
            again = f"`kuscia-conformance report {out}` writes it again"
            return f"the report of an earlier run was removed from {out}; {again}"
    return ""


def clear_folder(out: Path) -> None:
    """Deletes the files of an older run, and makes the folder if it does not exist.

    Raises UsageError if that is not possible, or if the folder holds other files.
    """
    require_ours(out)
    try:
        for path in _content(out):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror}") from error


def _content(out: Path) -> list[Path]:
    return list(out.iterdir()) if out.exists() else []
