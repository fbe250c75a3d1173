"""The folders of the suite's own files: in the installed package, or in the checkout around it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def suite_folder(name: str) -> Path:
    """Returns the path of the folder `features` or `fixtures`.

    An installed package has a copy in `_suite`. In a checkout they are at the top.
    """
    installed = _PACKAGE / "_suite" / name
    return installed if installed.is_dir() else _PACKAGE.parent.parent / name
