"""Tests which modules may import which, and which may use the clock and threads."""

import ast
import importlib
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "harness" / "kuscia_conformance"
PRODUCT = sorted(PACKAGE.rglob("*.py"))
REFERENCE = sorted((ROOT / "reference_controller").rglob("*.py"))
SIMULATED = sorted((PACKAGE / "simulated_nodes").rglob("*.py"))
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = {each["id"]: each["layers"] for each in LINTER["contracts"] if "layers" in each}


def test_the_import_contracts_hold():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def rooms(folder):
    """Returns the names of the rooms and modules directly in a package."""
    found = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    return found - {"__init__", "__main__"}


@pytest.mark.parametrize(
    ("contract", "folder", "most"),
    [("rooms", PACKAGE, 11), ("apiserver", PACKAGE / "apiserver", 13)],
)
def test_every_room_is_in_a_layer(contract, folder, most):
    layers = [layer.split(" | ") for layer in LAYERS[contract]]
    named = {name.rpartition(".")[2] for layer in layers for name in layer}
    assert named - {"reference_controller"} == rooms(folder)
    assert len(layers) <= most


def test_there_are_no_import_cycles():
    graph = grimp.build_graph("kuscia_conformance", "reference_controller", cache_dir=None)
    imported = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imported).prepare()


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def ids(paths):
    return [path.relative_to(ROOT).as_posix() for path in paths]


BY_NAME = {"import_module", "importlib.import_module", "__import__", "find_spec", "exec", "eval"}


@pytest.mark.parametrize("path", PRODUCT, ids=ids(PRODUCT))
def test_modules_are_imported_by_import_statements_only(path):
    assert not BY_NAME & set(calls(path))


PURE = [path for path in REFERENCE if path.name in ("machine.py", "transitions.py", "seen.py")]


@pytest.mark.parametrize("path", PURE, ids=ids(PURE))
def test_modules_that_decide_do_not_import_the_runtime_or_the_client(path):
    client, world = "kuscia_conformance.kube.client", "kuscia_conformance.kube.world"
    assert not {"asyncio", client, world, "reference_controller.runtime"} & set(imports(path))


OF_THE_WORLD = {
    "datetime.now", "datetime.utcnow", "time.time", "time.monotonic", "time.sleep",
    "asyncio.sleep", "threading.Thread", "asyncio.to_thread",
}  # fmt: skip


@pytest.mark.parametrize("path", REFERENCE + SIMULATED, ids=ids(REFERENCE + SIMULATED))
def test_controllers_and_nodes_take_time_and_threads_from_their_world(path):
    assert not OF_THE_WORLD & set(calls(path))


EXPORTING = [path for path in PRODUCT if "__all__ = " in path.read_text()]


@pytest.mark.parametrize("path", EXPORTING, ids=ids(EXPORTING))
def test_every_exported_name_exists(path):
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    module = importlib.import_module(name.removesuffix(".__init__"))
    assert [each for each in module.__all__ if not hasattr(module, each)] == []


@pytest.mark.parametrize("path", PRODUCT, ids=ids(PRODUCT))
def test_the_official_client_is_imported_in_one_place(path):
    official = {name for name in imports(path) if name.split(".")[0] == "kubernetes"}
    assert not official or path.relative_to(PACKAGE).as_posix() == "kube/kubeconfig.py"
