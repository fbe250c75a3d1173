"""The checks of a run: which cases there are below its paths, and which of them pytest has chosen.

pytest names a test `FILE::ID` or `FILE::ID[ROW]`. A parallel run tells its parent only these names,
so the parent reads the features itself and looks the names up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from _pytest.compat import ascii_escaped

from kuscia_conformance.errors import FeatureError, UsageError, choice
from kuscia_conformance.features.checks import Check
from kuscia_conformance.features.reader import (
    Case,
    cases_in,
    each_once,
    repeated_ids,
    suite_features,
)

#: The word for every optional feature, in `--claim`.
ALL = "all"


def cases_below(paths: Iterable[Path]) -> list[Case]:
    """Returns the cases of these feature files, and of the features in these folders.

    Mistakes are not looked for, because pytest's collection refuses files with mistakes.
    """
    files = {file.resolve(): None for path in paths for file in _features(path)}
    return [case for file in files for case in cases_in(file)]


def suite_checks() -> frozenset[tuple[str, str]]:
    """Returns the feature and the id of every check of the suite.

    A copy of a feature in another folder has another name, so its checks are not the suite's.
    """
    return frozenset(named(case.check) for path in suite_features() for case in cases_in(path))


def named(check: Check) -> tuple[str, str]:
    """Returns the feature and the id of a check."""
    return check.feature, check.id


def checks_named(tests: Iterable[str], cases: Sequence[Case]) -> list[Check]:
    """Returns the checks of these pytest names. Names of other tests are left out."""
    known = {pytest_name(case.check.id): case.check for case in cases}
    parts = [test.rpartition("::") for test in tests]
    # A feature outside of pytest's root directory is named `::ID`, without its file.
    names = [name for file, _, name in parts if not file or file.endswith(".feature")]
    return [known[name] for name in names if name in known]


def require_unique(cases: Iterable[Case]) -> None:
    """Raises FeatureError for each id that two checks share, also in two features.

    Their evidence would go into the same folder.
    """
    if found := each_once(repeated_ids(cases)):
        raise FeatureError("\n".join(map(str, found)))


def claimed(claims: Sequence[str], cases: Iterable[Case]) -> frozenset[str]:
    """Returns the names of the optional features that are claimed; `all` stands for every one.

    Raises UsageError for a name that no check has as its optional feature.
    """
    known = {case.check.optional for case in cases} - {""}
    for claim in claims:
        if claim not in (ALL, *known):
            text = f"--claim {claim}: no check is about an optional feature of this name"
            none = "none of these checks is about an optional feature"
            raise UsageError(text, hint=choice(claim, [*sorted(known), ALL]) if known else none)
    return frozenset(known if ALL in claims else claims)


def _features(path: Path) -> Sequence[Path]:
    return sorted(path.rglob("*.feature")) if path.is_dir() else [path]


def pytest_name(check: str) -> str:
    """Returns the name that pytest gives to the test; it escapes letters beyond ASCII in a row."""
    name, of_outline, row = check.partition("#")
    return f"{name}[{row_name(row)}]" if of_outline else name


def row_name(row: str) -> str:
    """Returns the name that pytest gives to a row of an outline."""
    return ascii_escaped(row)
