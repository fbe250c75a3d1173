"""Finds the checks that execute a mutant's line, because no other check can fail it.

One traced run of the suite notes which lines of the controller each check executes. What runs
before the first check (imports, the start of the environment) counts for every check. The record is
kept in a file, and made again when the controller, the suite or the features have changed.

    python -m tests.mutation.lines FILE     records, about three minutes
"""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import pytest

from kuscia_conformance.pytest_plugin.collection import CHECK
from tests.mutation.forks import run_suite, suite_run
from tests.mutation.mutants import PACKAGE, ROOT, Mutant, modules

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DECIDES = ("reference_controller", "harness", "features", "fixtures")


@dataclass(frozen=True)
class Executed:
    """Which checks execute each line of the controller."""

    checks: Sequence[str]
    #: By `path:line`, the checks as bits, the first check lowest.
    lines: dict[str, int]

    @classmethod
    def of_today(cls, file: Path) -> Executed:
        """Returns the record in the file, after making it if it is not there or not of today."""
        if not file.exists() or json.loads(file.read_text())["sources"] != _sources():
            subprocess.run([sys.executable, "-m", __name__, str(file)], cwd=ROOT, check=True)
        record = json.loads(file.read_text())
        return cls(
            record["checks"], {line: int(bits, 16) for line, bits in record["lines"].items()}
        )

    def checks_of(self, mutant: Mutant) -> Sequence[str]:
        """Returns the checks that execute the mutant's statement.

        These are all checks for code outside functions and for definitions.
        """
        rows = _statement(mutant) if mutant.path.endswith(".py") else None
        if rows is None:
            return self.checks
        bits = 0
        for row in rows:
            bits |= self.lines.get(f"{mutant.path}:{row}", 0)
        return [check for place, check in enumerate(self.checks) if bits >> place & 1]


def _sources() -> str:
    """Returns a digest of all files that decide which check executes what."""
    digest = hashlib.sha256()
    for folder in _DECIDES:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".feature", ".yaml"):
                digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def _statement(mutant: Mutant) -> range | None:
    """Returns the lines of the innermost statement of a mutant; None if it is in no function.

    The bodies of an if, a loop or a match are statements of their own, except their case lines.
    """
    last_line = mutant.line + mutant.before.count("\n")
    within = [each for each in _statements(mutant.path) if each.lineno <= mutant.line <= _end(each)]
    within.sort(key=lambda each: (each.lineno, -_end(each)))
    if not any(isinstance(each, _FUNCTIONS) for each in within[:-1]):
        return None
    statement = within[-1]
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if isinstance(body, list) else _end(statement)
    return range(statement.lineno, max(end, last_line) + 1)


@cache
def _statements(path: str) -> Sequence[ast.stmt]:
    tree = ast.parse((PACKAGE / path).read_bytes())
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


@dataclass
class _Recorder:
    """A pytest plugin that traces the controller's lines, check by check."""

    file: Path
    checks: list[str] = field(default_factory=list)
    lines: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    #: The bit of the check that runs; -1, which has all bits, before the first one.
    bit: int = -1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE.name]:
            del sys.modules[name]
        sys.settrace(self._call)
        for file in modules():
            parts = file.relative_to(ROOT).with_suffix("").parts
            import_module(".".join(part for part in parts if part != "__init__"))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.bit = 1 << len(self.checks)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.checks.append(item.stash[CHECK].id)

    def pytest_sessionfinish(self) -> None:
        sys.settrace(None)
        whole = (1 << len(self.checks)) - 1
        lines = {f"{path}:{line}": f"{bits & whole:x}" for (path, line), bits in self._rows()}
        record = {"sources": _sources(), "checks": self.checks, "lines": lines}
        self.file.write_text(json.dumps(record))

    def _rows(self) -> Iterator[tuple[tuple[str, int], int]]:
        for (file, line), bits in self.lines.items():
            yield (Path(file).relative_to(PACKAGE).as_posix(), line), bits

    def _call(self, frame: FrameType, event: str, value: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(_PREFIX) else None

    def _line(self, frame: FrameType, event: str, value: Any) -> Any:
        if event == "line":
            self.lines[frame.f_code.co_filename, frame.f_lineno] |= self.bit
        return self._line


_PREFIX = f"{PACKAGE}/"


def main() -> None:
    with TemporaryDirectory(prefix="mutation-") as folder:
        run_suite(suite_run(Path(folder)), _Recorder(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
