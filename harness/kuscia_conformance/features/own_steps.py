"""Loads the steps that an author keeps in conftest.py files, for `lint` and `replay`.

pytest imports these files as part of a session. Here they are imported as plain modules, so that
they may use their own helper modules, but no fixtures.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.util import module_from_spec, spec_from_file_location
from itertools import chain
from pathlib import Path

from pytest_bdd.parser import Step

from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.step_definitions import Definition, StepDefinitions

_PREFIX = "kuscia_conformance_own_steps_"


def load_own_steps(features: Iterable[Path]) -> None:
    """Imports the conftest.py files for the features, the outermost first, once per process.

    Raises UsageError for a file that cannot be imported.
    """
    for folder in dict.fromkeys(feature.resolve().parent for feature in features):
        for conftest in reversed([*_conftests(folder)]):
            if _module(conftest) not in sys.modules:
                _load(conftest)


def definition_of(step: Step, feature: Path, steps: StepDefinitions) -> Definition | None:
    """Returns the definition that a step of the feature calls; its author's own come first."""
    own = [_module(conftest) for conftest in _conftests(feature.resolve().parent)]
    mine = (each for name in own for each in steps.all() if each.module == name)
    others = (each for each in steps.all() if not each.module.startswith(_PREFIX))
    return next((each for each in chain(mine, others) if each.fits(step)), None)


def _conftests(folder: Path) -> Iterator[Path]:
    """Yields the conftest.py files from the folder up to the current folder.

    If the folder is not below the current folder, only its own conftest.py.
    """
    here = Path.cwd().resolve()
    parents: Sequence[Path] = folder.parents if folder.is_relative_to(here) else ()
    for place in (folder, *parents):
        if (place / "conftest.py").is_file():
            yield place / "conftest.py"
        if place == here:
            break


def _load(conftest: Path) -> None:
    name, folder = _module(conftest), str(conftest.parent)
    spec = spec_from_file_location(name, conftest)
    if spec is None or spec.loader is None:
        raise UsageError(f"{conftest}: cannot be imported")
    sys.modules[name] = module_from_spec(spec)
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(sys.modules[name])
    except BaseException as error:  # sys.exit and pytest.skip raise no Exception
        del sys.modules[name]
        if isinstance(error, KeyboardInterrupt):
            raise
        if mistake := ended_by(error):
            raise mistake from error
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"{conftest}: cannot be imported: {why}") from error
    finally:
        with suppress(ValueError):  # the file itself may have changed the path
            sys.path.remove(folder)


def ended_by(error: BaseException) -> UsageError | None:
    """Returns the mistake of a conftest.py that ends or skips the program when it is imported.

    Returns None if the error is another one, such as an ordinary exception of the file.
    """
    frames = () if isinstance(error, Exception) else traceback.extract_tb(error.__traceback__)
    for frame in frames:
        if frame.name == "<module>" and Path(frame.filename).name == "conftest.py":
            why = f"{type(error).__name__}: {error}"
            return UsageError(
                f"{frame.filename}:{frame.lineno}: cannot be imported: {why}",
                hint="a conftest.py may not end or skip the program: take this line out",
            )
    return None


def _module(conftest: Path) -> str:
    """Returns the name of the module that a conftest.py is imported as."""
    return f"{_PREFIX}{conftest.resolve().parent.as_posix().encode().hex()}"
