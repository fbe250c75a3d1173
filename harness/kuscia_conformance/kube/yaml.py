"""Reads the suite's own YAML files fast: with libyaml, if PyYAML was built with it.

Files that authors write are read strictly, by `documents`. The files read here belong to the
package; the tests check that both readers return the same for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

#: PyYAML's safe loader: the one of libyaml if there is one, else the one in Python.
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_own(path: Path) -> list[Any]:
    """Returns the YAML documents of a file, in order."""
    return list(yaml.load_all(path.read_bytes(), LOADER))
