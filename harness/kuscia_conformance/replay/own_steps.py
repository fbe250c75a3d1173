"""Loads the step functions that an author keeps in a conftest.py beside a feature."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from kuscia_conformance.errors import NotReplayable


def load_steps_beside(feature: Path) -> None:
    """Imports the conftest.py in the feature's folder, if there is one, once per process.

    Raises NotReplayable if that fails.
    """
    file = feature.parent / "conftest.py"
    name = f"conftest_of_{abs(hash(file))}"
    if name in sys.modules or not file.is_file():
        return
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # any error of the author's code
        text = f"{file}: cannot be imported: {type(error).__name__}: {error}"
        raise NotReplayable(text, hint="replay imports it without pytest") from error
