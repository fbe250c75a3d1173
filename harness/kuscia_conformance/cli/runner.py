"""`kuscia-conformance run`: pytest with the suite's features, and the suite's own reporting."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from kuscia_conformance.cli.progress import Progress
from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.pytest_plugin.session import RUN, Run
from kuscia_conformance.report.write import REPORT, prepare_folder

#: What is not a terminal has no width of its own.
WIDTH_OF_A_LOG = 120


class Handover:
    """A pytest plugin that gives the session the run that the command has made."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[RUN] = self.run
        # Every feature that the session is given is meant, wherever it lies.
        config.option.kuscia_cluster = self.run.settings.cluster


def run_suite(settings: Settings, workers: str | None = None, paths: Sequence[Path] = ()) -> int:
    """Run the features as chosen; returns our exit code. UsageError if that cannot be."""
    if settings.pause_on_failure and not sys.stdin.isatty():
        raise UsageError("--pause-on-failure: there is no terminal on which to press Enter")
    features = [_existing(path) for path in paths] or [suite_folder("features")]
    prepare_folder(settings.out)
    some = bool(paths or settings.only or settings.update)
    count = _workers(workers or ("0" if some or settings.pause_on_failure else "auto"), settings)
    run = Run(settings, partial=some, in_words=str)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_OF_A_LOG
    progress = Progress(console, run)
    arguments = [*_arguments(count, str(settings.out)), *map(str, features)]
    code = pytest.main(arguments, plugins=[Handover(run), progress])
    progress.close()
    if progress.refused:
        raise UsageError("\n".join(progress.refused))
    if run.failure is not None:
        raise run.failure
    if code == pytest.ExitCode.USAGE_ERROR:
        return 2
    if not run.results and settings.only and not run.interrupted:
        raise UsageError(f"--only {','.join(settings.only)}: no check is called that")
    verdict = progress.summary()
    progress.console.print(f"report: {settings.out / REPORT}")
    return verdict.exit_code


def _workers(asked: str, settings: Settings) -> int:
    """Most scenarios borrow two nodes: more workers than pairs of nodes would wait.

    On a virtual clock nobody waits, and each worker has nodes of its own: the cores count.
    """
    if asked != "auto":
        return int(asked)
    return min(os.cpu_count() or 1, 4) if settings.virtual else max(1, settings.nodes // 2)


def _arguments(workers: int, out: str) -> list[str]:
    """What pytest itself is told; our settings are handed over as they are."""
    rootdir = str(suite_folder("features"))
    arguments = ["-c", os.devnull, "--rootdir", rootdir, "-p", "no:cacheprovider"]
    arguments += ["-p", "no:terminal", f"--junitxml={out}/junit.xml", "-o", "junit_family=xunit2"]
    return [*arguments, "-n", str(workers), "--dist", "load"] if workers else arguments


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"{path}: there is no such feature, and no such folder")
    if path.is_dir() and not any(path.rglob("*.feature")):
        raise UsageError(f"{path}: there is no feature in this folder")
    if not path.is_dir() and path.suffix != ".feature":
        raise UsageError(f"{path}: this is no feature; its name would end in .feature")
    return path.resolve()
