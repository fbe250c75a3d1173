"""The suite's own YAML, read fast: by libyaml, where PyYAML comes with it.

What authors write is read strictly, by `documents`. The files read here are part of the
package; the tests see to it that they mean the same to both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

#: PyYAML's safe loader, by libyaml where that is there.
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_own(path: Path) -> list[Any]:
    """The documents of a file."""
    return list(yaml.load_all(path.read_bytes(), LOADER))
