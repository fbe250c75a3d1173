"""Tests the built wheel and the locked requirements."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("harness/kuscia_conformance", "reference_controller", "features", "fixtures")
#: Folders of the checkout with their folders in the wheel.
PLACES = (
    ("harness/kuscia_conformance/", "kuscia_conformance/"),
    ("features/", "kuscia_conformance/_suite/features/"),
    ("fixtures/", "kuscia_conformance/_suite/fixtures/"),
)
WHERE_THINGS_ARE = """
import kuscia_conformance
from kuscia_conformance.features.folders import suite_folder
print(kuscia_conformance.__file__)
print(suite_folder("features"))
print(suite_folder("fixtures"))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    [file] = folder.iterdir()
    with zipfile.ZipFile(file) as archive:
        yield archive


def place_of(path):
    for prefix, place in PLACES:
        if path.startswith(prefix):
            return place + path.removeprefix(prefix)
    return path


#: Folders that Python and pytest write while other tests run.
CACHES = frozenset({"__pycache__", ".pytest_cache"})


def shipped_files():
    for folder in SHIPPED:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and CACHES.isdisjoint(path.parts):
                yield path.relative_to(ROOT).as_posix()


def contents(wheel):
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def metadata(wheel, name):
    [found] = [entry for entry in wheel.namelist() if entry.endswith(f".dist-info/{name}")]
    return wheel.read(found).decode()


def test_the_wheel_contains_only_packages_features_and_fixtures(wheel):
    assert contents(wheel) == {place_of(path) for path in shipped_files()}


def test_the_wheel_has_two_top_level_packages(wheel):
    top = {name.split("/")[0] for name in contents(wheel)}
    assert top == {"kuscia_conformance", "reference_controller"}


def test_the_wheel_declares_entry_points_for_pytest_and_the_shell(wheel):
    declared = metadata(wheel, "entry_points.txt")
    assert "[pytest11]\nkuscia-conformance = kuscia_conformance.pytest_plugin\n" in declared
    assert "[console_scripts]\nkuscia-conformance = kuscia_conformance.__main__:main\n" in declared


def test_the_wheel_contains_licence_and_notice(wheel):
    assert metadata(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text()
    assert metadata(wheel, "licenses/NOTICE") == (ROOT / "NOTICE").read_text()


def test_an_unpacked_wheel_uses_its_own_features_and_fixtures(wheel, tmp_path):
    site = tmp_path / "site"
    wheel.extractall(site)
    code = f"import sys; sys.path.insert(0, {str(site)!r})\n{WHERE_THINGS_ARE}"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert shown.stdout.splitlines() == [
        str(site / "kuscia_conformance" / "__init__.py"),
        str(site / "kuscia_conformance" / "_suite" / "features"),
        str(site / "kuscia_conformance" / "_suite" / "fixtures"),
    ], shown.stderr


def locked():
    """Returns the lines of the lock file, with version and hashes, by package."""
    text = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {re.split(r"==", line)[0].strip(): line for line in lines}


def test_every_locked_package_has_a_version_and_hashes():
    for name, line in locked().items():
        assert re.match(r"[\w.-]+==\S+ ", line), name
        assert "--hash=sha256:" in line, name


def test_the_lock_file_names_no_index_and_no_url():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links)", text, re.MULTILINE)


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_required_package_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    asked = [*project["project"]["dependencies"], *extras["test"], *extras["dev"]]
    asked += project["build-system"]["requires"]
    names = {normalised(re.split(r"[^\w.-]", one)[0]) for one in asked}
    assert names - {project["project"]["name"]} <= locked().keys()
