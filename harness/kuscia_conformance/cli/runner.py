"""Runs pytest for `kuscia-conformance run`, with the suite's own output.

`Settings` come from the command line. pytest gets them by the plugin `Handover`, so this module
passes it only pytest's own arguments.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from kuscia_conformance.cli.progress import Progress
from kuscia_conformance.cli.summary import conclude, console
from kuscia_conformance.environment.remains import run_folder
from kuscia_conformance.environment.settings import Settings, exists
from kuscia_conformance.environment.signals import first_signal, undisturbed
from kuscia_conformance.errors import EnvironmentFailure, UsageError, similar
from kuscia_conformance.evidence.run import Evidence
from kuscia_conformance.features.catalogue import checks_named
from kuscia_conformance.features.folders import (
    suite_folder,
)
from kuscia_conformance.features.own_steps import ended_by
from kuscia_conformance.pytest_plugin.notes import ABOUT_PLUGINS
from kuscia_conformance.pytest_plugin.session import RUN, Run
from kuscia_conformance.report.folder import require_ours


class Handover:
    """A pytest plugin that gives pytest the `Run` that the command has made."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[RUN] = self.run
        # With a cluster set, pytest runs every feature that is named, in whatever folder it lies.
        config.option.kuscia_cluster = self.run.settings.cluster

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_load_initial_conftests(self) -> Generator[None, object, object]:
        """Raises UsageError if a conftest.py ends the program; pytest would exit without a word."""
        try:
            return (yield)
        except BaseException as error:
            if (mistake := ended_by(error)) and not first_signal():
                raise mistake from error
            raise


def run_suite(
    settings: Settings,
    workers: str | None = None,
    paths: Sequence[Path] = (),
    in_words: Callable[[str], str] = str,
) -> int:
    """Runs the features, prints the results and returns the exit code of the verdict.

    `workers` is a number, "auto" or None for the default. Without `paths` it runs the suite's own
    features. `in_words` rewrites options in messages as the user has set them.

    Raises UsageError for paths or options that cannot be used, and the failure of the run if the
    cluster or the controller could not be started.
    """
    if settings.pause_on_failure and not sys.stdin.isatty():
        raise UsageError("--pause-on-failure: there is no terminal on which to press Enter")
    features = [_existing(path) for path in paths] or [suite_folder("features")]
    require_ours(settings.out)
    run = Run(settings, features, is_command=True, in_words=in_words)
    _require_names(run)
    some = bool(paths or settings.only or settings.update)
    count = _workers(workers or ("0" if some or settings.pause_on_failure else "auto"), settings)
    progress = Progress(console(), run)
    arguments = [*_arguments(count), *map(str, features)]
    with _folder_of_workers(count) as option:
        code = _pytest([*option, *arguments], run, progress)
        with undisturbed():
            progress.close()
            run.finish(code)
    return _conclude(run, progress, code)


@contextmanager
def _folder_of_workers(count: int) -> Iterator[list[str]]:
    """Yields the option that puts the temporary folders of workers into the folder of a run.

    pytest would keep them after the run, and nothing of a run is to stay behind.
    """
    if not count:
        yield []
        return
    with run_folder(click.echo) as folder:
        yield [f"--basetemp={folder / 'workers'}"]


def _pytest(arguments: list[str], run: Run, progress: Progress) -> int:
    """Runs pytest and returns its exit code, or the one that it has for what it has raised."""
    try:
        return int(pytest.main(arguments, plugins=[Handover(run), progress]))
    except KeyboardInterrupt:  # a signal while other plugins end
        run.notes.interrupted()
        return int(pytest.ExitCode.INTERRUPTED)
    except UsageError as error:
        run.notes.failed(error.cause, str(error))
        return int(pytest.ExitCode.USAGE_ERROR)
    except BaseException as error:  # noqa: BLE001 - also sys.exit and pytest.skip in a conftest.py
        if not run.notes.ending.failures:
            text = f"a plugin of pytest failed: {error!r}"
            run.notes.failed("harness", f"{text}\n  {ABOUT_PLUGINS}")
        return int(pytest.ExitCode.INTERNAL_ERROR)


def _conclude(run: Run, progress: Progress, code: int) -> int:
    """Prints how the run ended, and returns the exit code of its verdict.

    Raises the failure because of which the run has no results folder.
    """
    if run.evidence is None:
        return _never_began(run, code)
    with undisturbed():  # the verdict is made already, and without it its exit code says too little
        _print(run, run.evidence, progress)
    return run.evidence.verdict.exit_code


def _print(run: Run, evidence: Evidence, progress: Progress) -> None:
    errors = {"progress": progress.failed, **run.unwritten}
    conclude(progress.console, run.settings.out, evidence, errors)


def _never_began(run: Run, code: int) -> int:
    """Raises what was wrong with the features or with pytest; returns the code of an interrupt."""
    if run.retired:
        click.echo(run.retired, err=True)
    if run.failure is not None:
        raise run.failure
    texts = [failure.text for failure in run.notes.ending.failures]
    if run.notes.ending.interrupted and not texts:
        click.echo(f"incomplete: {run.notes.ending.interrupted}; no check was run", err=True)
        return 3
    if any(failure.cause == "author" for failure in run.notes.ending.failures):
        raise UsageError("\n".join(texts))
    if code == pytest.ExitCode.USAGE_ERROR:
        raise UsageError("pytest refuses its options", hint="its own message is above")
    if given := os.environ.get("PYTEST_ADDOPTS"):
        hint = f"PYTEST_ADDOPTS is {given!r}: unset it, or take out what keeps checks from running"
        raise UsageError("\n".join(texts) or "pytest has run no check", hint=hint)
    raise EnvironmentFailure("\n".join(texts) or "pytest has run no check")


def _require_names(run: Run) -> None:
    """Raises UsageError for a name in `--only` or `--claim` that no check has."""
    try:
        checks_named(run.cases, run.settings.only)
    except UsageError as error:
        raise UsageError(f"--only {error.message}", hint=error.hint) from error
    _ = run.claims


def _workers(asked: str, settings: Settings) -> int:
    """Returns the number of worker processes.

    Most scenarios borrow two nodes, so more workers than pairs of nodes would wait for nodes. On a
    virtual clock each worker has nodes of its own and uses a core, so the cores limit the number.
    """
    if asked != "auto":
        return int(asked)
    return min(os.cpu_count() or 1, 4) if settings.virtual else max(1, settings.nodes // 2)


def _arguments(workers: int) -> list[str]:
    """Returns the arguments for pytest; the settings of the suite are not among them."""
    rootdir = str(suite_folder("features"))
    arguments = ["-c", os.devnull, "--rootdir", rootdir, "-p", "no:cacheprovider"]
    # Only the reporter is left out: the plugin `terminal` knows options such as -v.
    arguments += ["-p", "no:terminalreporter"]
    # The command has imported these plugins before pytest could rewrite their assertions.
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    # A signal that comes in a destructor would be shown with a traceback.
    arguments += ["-W", "ignore::pytest.PytestUnraisableExceptionWarning"]
    # These are loaded even if PYTEST_DISABLE_PLUGIN_AUTOLOAD or PYTEST_ADDOPTS says otherwise.
    arguments += ["-p", "pytest-bdd", "-p", "kuscia-conformance"]
    if workers:
        arguments += ["-p", "xdist", "-n", str(workers), "--dist", "load"]
    return arguments


def _existing(path: Path) -> Path:
    """Returns the absolute path. Raises UsageError for one in which there is no feature."""
    if not exists(path, str(path)):
        near = similar(path.stem, _features_in(path.parent) - {path.stem})
        hint = f"did you mean {path.parent / near[0]}.feature?" if near else ""
        raise UsageError(f"{path}: there is no such feature or folder", hint=hint)
    if path.is_dir() and not any(path.rglob("*.feature")):
        raise UsageError(f"{path}: there is no feature in this folder")
    if not path.is_dir() and not path.is_file():
        raise UsageError(f"{path}: this is neither a file nor a folder")
    if not path.is_dir() and path.suffix != ".feature":
        raise UsageError(f"{path}: this is not a feature; its name does not end in .feature")
    return path.resolve()


def _features_in(folder: Path) -> set[str]:
    return {each.stem for each in folder.glob("*.feature")} if folder.is_dir() else set()
