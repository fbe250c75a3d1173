"""Runs the checks against each mutant, in forks of one process that has collected them already.

pytest collects the features once. Then, instead of running them, it forks for each mutant. The fork
imports the mutant in place of the original, puts the checks that are likely to fail first, runs
them until one fails, and says which.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from kuscia_conformance.cli.runner import Handover
from kuscia_conformance.evidence.breaches import read_judged
from kuscia_conformance.evidence.files import folder_of
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.features.selection import suite_checks
from kuscia_conformance.pytest_plugin.collection import CHECK
from kuscia_conformance.pytest_plugin.session import Run
from tests.given import settings_of
from tests.mutation.replaced import Named, take_place

#: A check has failed; all have passed; or the controller could not run or did not end.
KILLED, SURVIVED, STOPPED = "killed", "survived", "stopped"
#: The CPU time after which a fork is stopped, in seconds: all checks together take about 60.
LIMIT, LIMIT_OF_CHECK = 30, 0.5
_PLUGINS = ("cacheprovider", "terminal", "unraisableexception")
_ARGUMENTS = ("-c", os.devnull, "-s", *(f"-pno:{name}" for name in _PLUGINS))


M = TypeVar("M", bound=Named)


@dataclass(frozen=True)
class Finding:
    """What came of a mutant: the checks that failed, with the requirements that they blame."""

    mutant: str
    outcome: str
    checks: Sequence[str] = ()
    requirements: Sequence[str] = ()
    seconds: float = 0.0
    #: The results folder, if it was kept.
    out: str = ""


@dataclass
class Forks(Generic[M]):
    """A pytest plugin that runs the collected checks once for each mutant, in forks.

    `order` chooses the ids of the checks for a mutant, the most likely to fail first. `found` is
    called with each finding. With `every` a fork does not end at its first failing check. With
    `keep` the results folders stay. `become` changes the reference controller of a fork.
    """

    run: Run
    mutants: Iterable[M]
    order: Callable[[M, Sequence[str]], Sequence[str]]
    found: Callable[[Finding], None]
    workers: int = 2
    every: bool = False
    keep: bool = False
    become: Callable[[Any], None] = field(default_factory=lambda: take_place)
    _pipe: int = -1
    _mutant: M | None = None
    _working: dict[int, tuple[M, int, float]] = field(default_factory=dict)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        _prepare(self.run)
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            if self._fork(mutant):
                self._become(mutant, session)
                return  # in the fork, pytest goes on and runs the checks
            while len(self._working) >= self.workers:
                self._reap()
        while self._working:
            self._reap()
        session.items.clear()  # this process runs no check

    def _fork(self, mutant: M) -> bool:
        """Returns whether this is the fork."""
        reads, writes = os.pipe()
        if child := os.fork():
            os.close(writes)
            self._working[child] = (mutant, reads, time.monotonic())
            return False
        os.close(reads)
        self._pipe, self._mutant = writes, mutant
        return True

    def _become(self, mutant: M, session: pytest.Session) -> None:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        out = self.run.settings.out.with_name(f"fork-{os.getpid()}")
        self.run.settings = replace(self.run.settings, out=out)
        self.become(mutant)
        items = {item.stash[CHECK].id: item for item in session.items}
        session.items[:] = [items[check] for check in self.order(mutant, list(items))]
        session.config.option.maxfail = 0 if self.every else 1
        limit = LIMIT + int(LIMIT_OF_CHECK * len(session.items))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        """Ends a fork as soon as a scenario breaks a standing rule, unless it is to find all."""
        yield
        judged = read_judged(folder_of(self.run.settings.out, item.stash[CHECK]))
        if judged and not self.every and any(each.breaches for each in judged.found.values()):
            item.session.shouldfail = "a standing rule is broken"

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
        out = self.run.settings.out
        found = finding_of(self._mutant.id, self.run)
        if self.keep:
            found["out"] = str(out)
        else:
            shutil.rmtree(out, ignore_errors=True)
        with os.fdopen(self._pipe, "w") as write:
            json.dump(found, write)
        os._exit(0)


def _prepare(run: Run) -> None:
    """Imports and computes what each fork would import and compute again."""
    import_module("kuscia_conformance.environment.virtual")
    import_module("reference_controller.endpoints")
    _ = run.cases
    suite_checks()


def finding_of(mutant: str, run: Run) -> dict[str, Any]:
    """Returns the finding about a mutant as plain data, without its seconds."""
    results = run.evidence.results.values() if run.evidence else ()
    failed = [each for each in results if each.outcome == "fail"]
    wrong = [each for each in results if each.outcome == "error"]
    blamed = {name for each in failed for name, word in each.requirements.items() if word == "fail"}
    outcome = KILLED if failed else STOPPED if wrong or not results else SURVIVED
    checks = [each.check for each in failed or wrong]
    found = Finding(mutant, outcome, sorted(checks), sorted(blamed))
    return {key: value for key, value in asdict(found).items() if key != "seconds"}


def survey(forks: Forks[M]) -> None:
    """Collects the checks of the suite and runs them against all mutants."""
    try:
        run_suite(forks.run, forks)
    finally:
        forks.end()


def run_suite(run: Run, plugin: object) -> None:
    """Runs the checks of the suite in this process, with a pytest plugin beside the suite's own."""
    pytest.main([*_ARGUMENTS, str(suite_folder("features"))], plugins=[Handover(run), plugin])


def suite_run(folder: Path) -> Run:
    """Returns the run that is forked: the suite on the virtual clock, with results in `folder`."""
    settings = settings_of({"clock": "virtual", "out": str(folder / "run")})
    return Run(settings, [suite_folder("features")], judges_all=True)
