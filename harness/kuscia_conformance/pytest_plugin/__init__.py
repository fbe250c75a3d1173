"""The pytest plugin. pytest loads this module in every session, also of other projects.

Comes in: pytest's options, and feature files as tests. Goes out: a conformance run inside pytest,
with one test for each check.

    this module  adds the options, and decides whether a session is a conformance run
    options      the table of options
    hooks        pytest's hooks and fixtures, imported only for a conformance run
    collection   feature files as pytest modules
    session      the state of one run: settings, environment, results
    notes        what went wrong outside of the checks, or has interrupted the run
    on_failure   --kuscia-pause-on-failure and --kuscia-keep-on-failure

This module imports only pytest, the standard library and `options`, so that other sessions stay
fast. The plugin must not know the commands of `cli`.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from kuscia_conformance.pytest_plugin.options import (
    CLUSTER,
    OPTIONS,
    WORKER_NAMES_A_CLUSTER,
    WORKER_SETTINGS,
    Option,
    names_a_cluster,
    renamed,
)

_PACKAGE = Path(__file__).resolve().parents[1]
#: The folders of the suite's own features: installed, and in a checkout. `features.folders` knows
#: them, too, but importing it would slow down every session.
FEATURE_FOLDERS = (_PACKAGE / "_suite" / "features", _PACKAGE.parents[1] / "features")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kuscia-conformance", "conformance of KusciaTask controllers")
    for option in OPTIONS:
        _add(group, option)
        parser.addini(option.ini, help=option.in_pytest, default="")


def _add(group: pytest.OptionGroup, option: Option) -> None:
    text = f"{option.help} [{option.variable}]".replace("%", "%%")
    if option.flag:
        group.addoption(
            option.in_pytest, dest=option.dest, action="store_true", default=None, help=text
        )
    else:
        action = "append" if option.multiple else "store"
        group.addoption(
            option.in_pytest, dest=option.dest, action=action, metavar=option.metavar, help=text
        )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Refuses the option names that the suite used until 0.1, unless another plugin has them.

    It runs when all plugins have added their options. Raises UsageError with the new names, and for
    a conftest.py that ends a conformance run, as with `sys.exit(0)`.
    """
    try:
        result = yield
    except (SystemExit, pytest.skip.Exception) as error:
        raise _ended(early_config, error) from error
    if message := renamed(parser.parse_known_and_unknown_args(args)[1]):
        raise pytest.UsageError(message)
    return result


def _ended(config: pytest.Config, error: BaseException) -> BaseException:
    """Returns the error to raise in place of one that has ended the program.

    In the sessions of other projects it stays the same.
    """
    known = config.known_args_namespace
    if not any(Path(path).suffix == ".feature" for path in known.file_or_dir) and not (
        names_a_cluster(getattr(known, CLUSTER.dest, None), config.getini)
    ):
        return error
    from kuscia_conformance.features.own_steps import ended_by

    return pytest.UsageError(str(mistake)) if (mistake := ended_by(error)) else error


def pytest_configure(config: pytest.Config) -> None:
    if is_wanted(config):
        from kuscia_conformance.pytest_plugin import hooks

        hooks.register(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".feature" or not _is_ours(file_path, parent):
        return None
    from kuscia_conformance.pytest_plugin import hooks

    hooks.register(parent.config)
    return hooks.collect(file_path, parent)


def is_wanted(config: pytest.Config) -> bool:
    """Returns whether this session is a conformance run.

    It is one if it names a cluster, a feature file, or a folder within the suite's features.
    """
    worker: dict[str, object] = getattr(config, "workerinput", {})
    if WORKER_SETTINGS in worker or _names_a_cluster(config):
        return True
    paths = [Path(str(argument).split("::")[0]) for argument in config.args]
    return any(path.suffix == ".feature" or _is_below_features(path) for path in paths)


def _names_a_cluster(config: pytest.Config) -> bool:
    """Returns whether the command line, the environment or the ini file names a cluster.

    A worker hears it from its parent, whose options may not be on its own command line.
    """
    worker: dict[str, object] = getattr(config, "workerinput", {})
    given = config.getoption(CLUSTER.dest, None)
    return bool(worker.get(WORKER_NAMES_A_CLUSTER)) or names_a_cluster(given, config.getini)


def _is_ours(path: Path, parent: pytest.Collector) -> bool:
    by_name = parent.session.isinitpath(path)
    return by_name or _names_a_cluster(parent.config) or _is_below_features(path)


def _is_below_features(path: Path) -> bool:
    absolute = path.resolve()
    return any(absolute.is_relative_to(folder) for folder in FEATURE_FOLDERS)
