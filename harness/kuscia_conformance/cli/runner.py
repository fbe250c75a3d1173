"""Runs pytest for `kuscia-conformance run`, with the suite's own output.

`Settings` come from the command line. pytest gets them by the plugin `Handover`, so this module
passes it only pytest's own arguments.
"""

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

#: The width of the output, in characters, where it does not go to a terminal.
WIDTH_OF_A_LOG = 120


class Handover:
    """A pytest plugin that gives pytest the `Run` that the command has made."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[RUN] = self.run
        # With a cluster set, pytest runs every feature that is named, in whatever folder it lies.
        config.option.kuscia_cluster = self.run.settings.cluster


def run_suite(settings: Settings, workers: str | None = None, paths: Sequence[Path] = ()) -> int:
    """Runs the features, prints the results and returns the exit code of the verdict.

    `workers` is a number, "auto" or None for the default. Without `paths` it runs the suite's own
    features. Raises UsageError for paths or options that cannot be used, and the failure of the
    run if the cluster or the controller could not be started.
    """
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
        raise UsageError(f"--only {','.join(settings.only)}: no check has this name")
    verdict = progress.summary()
    progress.console.print(f"report: {settings.out / REPORT}")
    return verdict.exit_code


def _workers(asked: str, settings: Settings) -> int:
    """Returns the number of worker processes.

    Most scenarios borrow two nodes, so more workers than pairs of nodes would wait for nodes. On a
    virtual clock each worker has nodes of its own and uses a core, so the cores limit the number.
    """
    if asked != "auto":
        return int(asked)
    return min(os.cpu_count() or 1, 4) if settings.virtual else max(1, settings.nodes // 2)


def _arguments(workers: int, out: str) -> list[str]:
    """Returns the arguments for pytest; the settings of the suite are not among them."""
    rootdir = str(suite_folder("features"))
    arguments = ["-c", os.devnull, "--rootdir", rootdir, "-p", "no:cacheprovider"]
    arguments += ["-p", "no:terminal", f"--junitxml={out}/junit.xml", "-o", "junit_family=xunit2"]
    return [*arguments, "-n", str(workers), "--dist", "load"] if workers else arguments


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"{path}: there is no such feature or folder")
    if path.is_dir() and not any(path.rglob("*.feature")):
        raise UsageError(f"{path}: there is no feature in this folder")
    if not path.is_dir() and path.suffix != ".feature":
        raise UsageError(f"{path}: this is not a feature; its name does not end in .feature")
    return path.resolve()
