"""`kuscia-conformance run`: pytest with the suite's features, and the suite's own reporting."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from kuscia_conformance_plugin import OPTIONS
from rich.console import Console

from harness.errors import UsageError
from harness.report.progress import Progress
from harness.report.write import REPORT, prepare_folder
from harness.settings import Settings, read_settings, suite_folder

#: What is not a terminal has no width of its own.
WIDTH_OF_A_LOG = 120


def run_suite(
    chosen: Mapping[str, Any], workers: str | None = None, paths: Sequence[Path] = ()
) -> int:
    """Run the features as chosen; returns our exit code. UsageError if that cannot be."""
    settings = read_settings(chosen)
    if settings.pause_on_failure and not sys.stdin.isatty():
        raise UsageError("--pause-on-failure: there is no terminal on which to press Enter")
    features = [_existing(path) for path in paths] or [suite_folder("features")]
    prepare_folder(settings.out)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_OF_A_LOG
    progress = Progress(console)
    some = bool(paths or settings.only or settings.pause_on_failure or settings.update)
    count = _workers(workers or ("0" if some else "auto"), settings)
    arguments = _arguments(chosen, count, str(settings.out))
    code = pytest.main([*arguments, *map(str, features)], plugins=[progress])
    progress.close()
    if progress.refused:
        raise UsageError("\n".join(progress.refused))
    if progress.run is not None and progress.run.failure is not None:
        raise progress.run.failure
    if code == pytest.ExitCode.USAGE_ERROR or progress.run is None:
        return 2
    if not progress.run.results and settings.only and not progress.run.interrupted:
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


def _arguments(chosen: Mapping[str, Any], workers: int, out: str) -> list[str]:
    rootdir = str(suite_folder("features"))
    arguments = ["-c", os.devnull, "--rootdir", rootdir, "-p", "no:cacheprovider"]
    arguments += ["-p", "no:terminal", f"--junitxml={out}/junit.xml", "-o", "junit_family=xunit2"]
    if workers:
        arguments += ["-n", str(workers), "--dist", "load"]
    for option in OPTIONS:
        value = chosen.get(option.key)
        if option.multiple:
            arguments += [f"--{option.name}={each}" for each in value or ()]
        elif value:
            arguments += [f"--{option.name}"] if option.flag else [f"--{option.name}={value}"]
    return arguments


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"{path}: there is no such feature, and no such folder")
    if path.is_dir() and not any(path.rglob("*.feature")):
        raise UsageError(f"{path}: there is no feature in this folder")
    if not path.is_dir() and path.suffix != ".feature":
        raise UsageError(f"{path}: this is no feature; its name would end in .feature")
    return path.resolve()
