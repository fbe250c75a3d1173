"""Finds the function of a step: the suite's, or one that an author keeps beside the feature.

pytest imports an author's conftest.py as part of a session. Here it is imported as a plain module,
so that it may use its own helper modules, and no fixtures.
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from itertools import chain
from pathlib import Path

from pytest_bdd.parser import Step

from kuscia_conformance.errors import NotReplayable
from kuscia_conformance.features.step_definitions import Definition
from kuscia_conformance.steps import definitions

_PREFIX = "kuscia_conformance_own_steps_"


def load_steps_beside(feature: Path) -> None:
    """Imports the conftest.py in the feature's folder, if there is one, once per process.

    Raises NotReplayable if that fails.
    """
    file, name = feature.parent / "conftest.py", _module_beside(feature)
    if name in sys.modules or not file.is_file():
        return
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module_from_spec(spec)
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(sys.modules[name])
    except Exception as error:
        text = f"{file}: cannot be imported: {type(error).__name__}: {error}"
        raise NotReplayable(text, hint="replay imports it without pytest") from error
    finally:
        sys.path.remove(str(file.parent))


def definition_of(step: Step, feature: Path) -> Definition | None:
    """Returns the definition that a step of the feature calls; its author's own comes first."""
    own, known = _module_beside(feature), definitions().all()
    mine = (each for each in known if each.module == own)
    others = (each for each in known if not each.module.startswith(_PREFIX))
    return next((each for each in chain(mine, others) if each.fits(step)), None)


def _module_beside(feature: Path) -> str:
    return f"{_PREFIX}{feature.resolve().parent.as_posix().encode().hex()}"
