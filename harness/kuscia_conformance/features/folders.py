"""Where the suite's own files lie: in the installed package, or in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def suite_folder(name: str) -> Path:
    """Returns the folder `features` or `fixtures`: the package's own copy, else the checkout's."""
    installed = _PACKAGE / "_suite" / name
    return installed if installed.is_dir() else _PACKAGE.parent.parent / name
