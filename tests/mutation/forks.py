"""Runs the checks against each mutant, in forks of one process that has collected them already.

pytest collects the features once. Then, instead of running them, it forks for each mutant. The fork
imports the mutant in place of the original, puts the checks that are likely to fail first, runs
them until one fails, and says which.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kuscia_conformance.cli.runner import Handover
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.pytest_plugin.collection import CHECK
from kuscia_conformance.pytest_plugin.session import Run
from tests.given import settings_of
from tests.mutation.mutants import PACKAGE, Mutant

#: A check has failed; all have passed; or the controller could not run or did not end.
KILLED, SURVIVED, STOPPED = "killed", "survived", "stopped"
#: The CPU time after which a fork is stopped, in seconds; all checks take about 60.
LIMIT = 400
_ARGUMENTS = ("-c", os.devnull, "-p", "no:cacheprovider", "-p", "no:terminal")


@dataclass(frozen=True)
class Finding:
    """What came of a mutant: the checks that failed, with the requirements that they blame."""

    mutant: str
    outcome: str
    checks: Sequence[str] = ()
    requirements: Sequence[str] = ()
    seconds: float = 0.0


@dataclass
class Forks:
    """A pytest plugin that runs the collected checks once for each mutant, in forks.

    `order` sorts the ids of the checks for a mutant, the most likely to fail first. `found` is
    called with each finding. With `every` a fork does not end at its first failing check.
    """

    run: Run
    mutants: Sequence[Mutant]
    order: Callable[[Mutant, Sequence[str]], Sequence[str]]
    found: Callable[[Finding], None]
    workers: int = 2
    every: bool = False
    _pipe: int = -1
    _mutant: Mutant | None = None
    _working: dict[int, tuple[Mutant, int, float]] = field(default_factory=dict)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            while len(self._working) >= self.workers:
                self._reap()
            if self._fork(mutant):
                self._become(mutant, session)
                return  # in the fork, pytest goes on and runs the checks
        while self._working:
            self._reap()
        session.items.clear()  # this process runs no check

    def _fork(self, mutant: Mutant) -> bool:
        """Returns whether this is the fork."""
        reads, writes = os.pipe()
        if child := os.fork():
            os.close(writes)
            self._working[child] = (mutant, reads, time.monotonic())
            return False
        os.close(reads)
        self._pipe, self._mutant = writes, mutant
        return True

    def _become(self, mutant: Mutant, session: pytest.Session) -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
        out = self.run.settings.out.with_name(f"fork-{os.getpid()}")
        self.run.settings = replace(self.run.settings, out=out)
        take_place(mutant)
        items = {item.stash[CHECK].id: item for item in session.items}
        session.items[:] = [items[check] for check in self.order(mutant, list(items))]
        session.config.option.maxfail = 0 if self.every else 1

    def _reap(self) -> None:
        child, _ = os.wait()
        mutant, pipe, began = self._working.pop(child)
        with os.fdopen(pipe) as read:
            text = read.read()
        seconds = time.monotonic() - began
        if text:
            self.found(Finding(**json.loads(text), seconds=round(seconds, 1)))
        else:
            self.found(Finding(mutant.id, STOPPED, seconds=round(seconds, 1)))

    def end(self) -> None:
        """Ends this process if it is a fork, after it has sent its finding to its parent."""
        if self._mutant is None:
            return
        with os.fdopen(self._pipe, "w") as write:
            json.dump(finding_of(self._mutant, self.run), write)
        shutil.rmtree(self.run.settings.out, ignore_errors=True)
        os._exit(0)


def finding_of(mutant: Mutant, run: Run) -> dict[str, Any]:
    """Returns the finding about a mutant as plain data, without its seconds."""
    results = run.evidence.results.values() if run.evidence else ()
    failed = [each for each in results if each.outcome == "fail"]
    wrong = [each for each in results if each.outcome == "error"]
    blamed = {name for each in failed for name, word in each.requirements.items() if word == "fail"}
    outcome = KILLED if failed else STOPPED if wrong or not results else SURVIVED
    checks = [each.check for each in failed or wrong]
    found = Finding(mutant.id, outcome, sorted(checks), sorted(blamed))
    return {key: value for key, value in asdict(found).items() if key != "seconds"}


def survey(forks: Forks) -> None:
    """Collects the checks of the suite and runs them against all mutants."""
    arguments = [*_ARGUMENTS, str(suite_folder("features"))]
    try:
        pytest.main(arguments, plugins=[Handover(forks.run), forks])
    finally:
        forks.end()


def suite_run(folder: Path) -> Run:
    """Returns the run that is forked: the suite on the virtual clock, with results in `folder`."""
    settings = settings_of({"clock": "virtual", "out": str(folder / "run")})
    return Run(settings, [suite_folder("features")])


def take_place(mutant: Mutant) -> None:
    """Makes this process import the mutant instead of the original."""
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE.name]:
        del sys.modules[name]
    parts = (PACKAGE.name, *Path(mutant.path).with_suffix("").parts)
    name = ".".join(part for part in parts if part != "__init__")
    sys.meta_path.insert(0, _Finder(name, mutant))


@dataclass(frozen=True)
class _Finder(importlib.abc.MetaPathFinder):
    name: str
    mutant: Mutant

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        file = PACKAGE / self.mutant.path
        loader = _Loader(fullname, str(file), self.mutant)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the mutant; the base class would take the compiled original from its cache."""

    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self.mutant = mutant

    def get_code(self, fullname: str) -> Any:
        return compile(self.mutant.source(), self.path, "exec")
