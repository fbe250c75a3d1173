"""The pytest plugin: what every pytest session on this machine loads of kuscia-conformance.

Comes in: pytest's options, and feature files as tests. Goes out: a conformance run inside pytest,
one test for each check. This module has the options and decides whether a session wants a
conformance run; only then it imports `hooks`, which has everything else. It imports pytest, the
standard library and `options` alone, so that sessions of other projects pay nothing.

    options     the table of settings
    hooks       pytest's hooks and our fixtures; they delegate to
    collection  feature files as pytest modules
    session     the state of one run: settings, environment, results
    on_failure  --kuscia-pause-on-failure and --kuscia-keep-on-failure

It must not know the commands of `cli`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from kuscia_conformance.pytest_plugin.options import (
    OPTIONS,
    WORKER_SETTINGS,
    Option,
    renamed,
    texts_of,
)

_PACKAGE = Path(__file__).resolve().parents[1]
#: Where the suite's own features lie: installed, and in a checkout. `features.folders` says the
#: same, but is not to be loaded in every session.
FEATURE_FOLDERS = (_PACKAGE / "_suite" / "features", _PACKAGE.parents[1] / "features")
_CLUSTER = next(option for option in OPTIONS if option.name == "cluster")


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
    parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Once all options are known: names of ours that were others until 0.1, if none took them."""
    result = yield
    if message := renamed(parser.parse_known_and_unknown_args(args)[1]):
        raise pytest.UsageError(message)
    return result


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
    """Whether this session has asked for a conformance run: a cluster, or a feature by name."""
    worker: dict[str, object] = getattr(config, "workerinput", {})
    if WORKER_SETTINGS in worker or _names_a_cluster(config):
        return True
    paths = [Path(str(argument).split("::")[0]) for argument in config.args]
    return any(path.suffix == ".feature" or _is_below_features(path) for path in paths)


def _names_a_cluster(config: pytest.Config) -> bool:
    """On the command line, in the environment or in the ini file; the default does not count."""
    given = config.getoption(_CLUSTER.dest, None)
    return any(texts_of(replace(_CLUSTER, default=""), given, config.getini))


def _is_ours(path: Path, parent: pytest.Collector) -> bool:
    by_name = parent.session.isinitpath(path)
    return by_name or _names_a_cluster(parent.config) or _is_below_features(path)


def _is_below_features(path: Path) -> bool:
    absolute = path.resolve()
    return any(absolute.is_relative_to(folder) for folder in FEATURE_FOLDERS)
