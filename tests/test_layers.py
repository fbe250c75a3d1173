"""Who may import whom, and who may touch the clock."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REFERENCE = sorted((ROOT / "reference_controller").rglob("*.py"))
SIMULATED = sorted((ROOT / "harness" / "simulated_nodes").rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def ids(paths):
    return [path.relative_to(ROOT).as_posix() for path in paths]


OF_THE_HARNESS = {
    "harness.api", "harness.errors", "harness.kubeconfig", "harness.objects", "harness.placement",
    "harness.world",
}  # fmt: skip


@pytest.mark.parametrize("path", REFERENCE, ids=ids(REFERENCE))
def test_the_reference_uses_only_the_foundation_of_the_harness(path):
    found = {name for name in imports(path) if name.split(".")[0] == "harness"}
    assert found <= OF_THE_HARNESS


PURE = [path for path in REFERENCE if path.name in ("machine.py", "transitions.py", "seen.py")]


@pytest.mark.parametrize("path", PURE, ids=ids(PURE))
def test_deciding_is_pure(path):
    forbidden = {"asyncio", "harness.api", "harness.world", "reference_controller.runtime"}
    assert not forbidden & set(imports(path))


OF_THE_WORLD = {
    "datetime.now", "datetime.utcnow", "time.time", "time.monotonic", "time.sleep",
    "asyncio.sleep", "threading.Thread", "asyncio.to_thread",
}  # fmt: skip


@pytest.mark.parametrize("path", REFERENCE + SIMULATED, ids=ids(REFERENCE + SIMULATED))
def test_time_and_threads_come_from_the_world(path):
    assert not OF_THE_WORLD & set(calls(path))


HARNESS = sorted((ROOT / "harness").rglob("*.py"))


@pytest.mark.parametrize("path", HARNESS, ids=ids(HARNESS))
def test_the_official_client_is_imported_in_one_place(path):
    official = {name for name in imports(path) if name.split(".")[0] == "kubernetes"}
    assert not official or path.name == "kubeconfig.py"


def test_the_entry_point_imports_nothing_of_ours_by_itself():
    path = ROOT / "harness" / "entry_point" / "kuscia_conformance_plugin.py"
    tree = ast.parse(path.read_text())
    names = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert not [n for n in names if "harness" in ast.unparse(n)]
