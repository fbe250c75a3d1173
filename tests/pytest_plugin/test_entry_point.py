"""Tests the part of the plugin that every pytest session loads.

It adds only options with the prefix `--kuscia-`, and loads the rest of the suite on demand.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from kuscia_conformance import pytest_plugin
from kuscia_conformance.pytest_plugin.options import OPTIONS, as_pytest_says, chosen, renamed

FEATURE = """
Feature: F
  @id:mine @req:RN-01c
  Scenario: Mine
    Given the domain alice with room for 1 pod
    Then the pods of alice run
"""
#: Options and folders that a project may have, with names that the suite uses as well.
THEIR_OPTIONS = ("seed", "cluster", "nodes", "out", "only", "update")
THEIR_FOLDERS = ("harness", "features", "tests", "reference_controller")
#: The only modules of the suite that a session without its options may load.
LOADED = {
    "kuscia_conformance",
    "kuscia_conformance.pytest_plugin",
    "kuscia_conformance.pytest_plugin.options",
}


@pytest.fixture
def project(pytester):
    """Returns a project with tests, a feature, and packages and options named like the suite's."""
    added = "\n".join(f"    parser.addoption('--{name}', default='1')" for name in THEIR_OPTIONS)
    pytester.makeconftest(f"def pytest_addoption(parser):\n{added}\n")
    for name in THEIR_FOLDERS:
        pytester.mkpydir(name).joinpath("mine.py").write_text("HERE = True\n")
    pytester.makefile(".feature", mine=FEATURE)
    imported = "\n".join(f"    import {name}.mine" for name in THEIR_FOLDERS)
    text = f"""
import sys

def test_theirs(pytestconfig):
{imported}
    assert pytestconfig.getoption("seed") == "7"
    ours = {{name for name in sys.modules if name.partition(".")[0] == "kuscia_conformance"}}
    assert ours == {LOADED!r}
    assert "kubernetes" not in sys.modules
"""
    (pytester.path / "tests" / "test_theirs.py").write_text(text)
    return pytester


def test_a_project_with_the_same_option_and_folder_names_is_not_disturbed(project):
    result = project.runpytest_subprocess("-p", "no:cacheprovider", "--seed", "7", "--only", "x")
    result.assert_outcomes(passed=1)


def test_features_are_not_collected_without_an_option_of_the_suite(project):
    result = project.runpytest_subprocess("--collect-only", "-q")
    assert "mine.feature" not in result.stdout.str()


@pytest.mark.parametrize(
    "path", [pytest_plugin.__file__, f"{Path(pytest_plugin.__file__).parent}/options.py"]
)
def test_modules_that_every_session_loads_import_only_pytest_and_stdlib(path):
    body = ast.parse(Path(path).read_text()).body
    found = {node.module for node in body if isinstance(node, ast.ImportFrom)}
    found |= {a.name for node in body if isinstance(node, ast.Import) for a in node.names}
    others = {str(name).partition(".")[0] for name in found if name not in LOADED}
    assert others <= {"pytest", *sys.stdlib_module_names}


def test_the_installed_checkout_provides_no_packages_tests_or_features(tmp_path):
    code = "import importlib.util as u; print(*(u.find_spec(n) for n in ('tests', 'features')))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "None None"


@pytest.mark.parametrize("given", ["option", "environment", "ini", "toml"])
def test_a_cluster_has_features_collected_by_whatever_means_it_is_named(
    project, given, monkeypatch
):
    options = ["--kuscia-cluster=embedded"] if given == "option" else []
    if given == "environment":
        monkeypatch.setenv("KUSCIA_CONFORMANCE_CLUSTER", "embedded")
    if given == "ini":
        project.makeini("[pytest]\nkuscia_conformance_cluster = embedded\n")
    if given == "toml":
        text = '[tool.pytest.ini_options]\nkuscia_conformance_cluster = "embedded"\n'
        project.makepyprojecttoml(text)
    result = project.runpytest_subprocess(
        "--collect-only", "-q", "-p", "no:cacheprovider", *options
    )
    assert "mine.feature::mine" in result.stdout.str()


def test_the_help_of_pytest_lists_the_options_of_the_suite(pytester):
    result = pytester.runpytest_subprocess("--help")
    result.stdout.fnmatch_lines(["conformance of KusciaTask*", "*--kuscia-cluster*"])
    for option in OPTIONS:
        assert option.in_pytest in result.stdout.str()


def test_an_option_without_its_prefix_is_answered_with_the_right_name(pytester):
    result = pytester.runpytest_subprocess("--cluster=kind", "--timeout-scale", "2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = result.stderr.str()
    assert "--cluster is called --kuscia-cluster in pytest" in said
    assert "--timeout-scale is called --kuscia-timeout-scale in pytest" in said
    assert "Traceback" not in said


def test_an_unknown_option_is_left_to_pytest(pytester):
    result = pytester.runpytest_subprocess("--frobnicate")
    assert "unrecognized arguments: --frobnicate" in result.stderr.str()
    assert renamed(["--frobnicate", "x", "--out=y", "--out"]) == (
        "--out is called --kuscia-out in pytest"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("--nodes x: expected a number", "--kuscia-nodes x: expected a number"),
        ("name them by --nodes, or --only", "name them by --kuscia-nodes, or --kuscia-only"),
        ("--nodes-of-mine, --kuscia-nodes, --x", "--nodes-of-mine, --kuscia-nodes, --x"),
    ],
)
def test_messages_name_options_as_pytest_does(text, said):
    assert as_pytest_says(text) == said


@pytest.mark.parametrize(
    ("given", "variable", "ini", "said"),
    [
        ({"nodes": "x"}, "", "", "--nodes x: expected"),
        ({}, "x", "", "KUSCIA_CONFORMANCE_NODES=x: expected"),
        ({}, "", "x", "kuscia_conformance_nodes = x (ini file): expected"),
        ({"nodes": "x"}, "y", "z", "--nodes x: expected"),
    ],
)
def test_a_wrong_value_is_named_as_it_was_set(monkeypatch, given, variable, ini, said):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_NODES", variable)
    choice = chosen(given, lambda key: ini if key == "kuscia_conformance_nodes" else "")
    assert choice.in_words("--nodes x: expected") == said


def test_the_option_of_another_wrong_value_keeps_its_name(monkeypatch):
    monkeypatch.setenv("KUSCIA_CONFORMANCE_NODES", "4")
    text = "--only x: no check has this name, and --nodes-of-mine is none"
    assert chosen({"only": "x"}).in_words(text) == text
    assert chosen({}).in_words("see --nodes") == "see KUSCIA_CONFORMANCE_NODES"


def test_an_invalid_value_is_reported_with_the_name_of_the_pytest_option(project):
    result = project.runpytest_subprocess("mine.feature", "--kuscia-nodes", "x")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--kuscia-nodes x: expected a number from 2 to 1000" in result.stderr.str()


def test_a_session_without_pytest_bdd_is_refused_in_one_sentence(project):
    result = project.runpytest_subprocess("mine.feature", "-p", "no:pytest-bdd")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "features need the plugin pytest-bdd" in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


ENDS = {
    "import sys\nsys.exit(0)": "*conftest.py:2: cannot be imported: SystemExit: 0",
    "import pytest\npytest.skip('no', allow_module_level=True)": (
        "*conftest.py:2: cannot be imported: Skipped: no"
    ),
}


@pytest.mark.parametrize(("code", "said"), ENDS.items(), ids=["exit", "skip"])
def test_a_conftest_that_ends_the_program_does_not_end_in_success(pytester, code, said):
    pytester.makeconftest(code)
    result = pytester.runpytest_subprocess(pytester.makefile(".feature", mine=FEATURE))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def test_a_conftest_of_another_project_may_end_the_program(pytester):
    pytester.makeconftest("import sys\nsys.exit(7)")
    assert pytester.runpytest_subprocess(pytester.makepyfile("")).ret == 7


@pytest.mark.parametrize("code", ENDS, ids=["exit", "skip"])
def test_a_conftest_in_a_subfolder_that_ends_the_program_is_the_authors_mistake(code, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "mine.feature").write_text(FEATURE)
    (tmp_path / "sub" / "conftest.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kuscia_conformance", "run", ".", "--out", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "sub/conftest.py:2: cannot be imported: " in done.stderr
