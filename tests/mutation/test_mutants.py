"""Tests what `tests.mutation` changes, and that its forks run the changed code."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kuscia_conformance.kube.yaml import LOADER
from tests.mutation.definitions import definition_mutants
from tests.mutation.forks import KILLED, SURVIVED, Finding
from tests.mutation.lines import Executed
from tests.mutation.mutants import PACKAGE, all_mutants, file_of, modules, mutants_of, sample
from tests.mutation.operators import OPERATORS
from tests.mutation.results import Likely, Results, disagreements, explained, table


@pytest.fixture(scope="module")
def everything():
    return all_mutants()


def lines_of(path):
    return file_of(path).read_text().splitlines()


def changes(operator, source):
    """Returns the texts that an operator puts in place of nodes of the source."""
    [chosen] = [each for each in OPERATORS if each.__name__ == operator]
    return [edit.text for node in ast.walk(ast.parse(source)) for edit in chosen(node)]


@pytest.mark.parametrize(
    ("operator", "source", "texts"),
    [
        ("conditions", "if a: pass", ["(not (a))"]),
        ("conditions", "[x for x in y if x]", ["(not (x))"]),
        ("comparisons", "a == b", ["(a != b)"]),
        ("comparisons", "a < b", ["(a <= b)", "(a >= b)"]),
        ("comparisons", "a in b", ["(a not in b)"]),
        ("operands", "a and b", ["(b)", "(a)", "(a or b)"]),
        ("operands", "not a", ["(a)"]),
        ("sums", "a + b", ["(a - b)"]),
        ("constants", "3", ["4"]),
        ("constants", "True", ["False"]),
        ("constants", "'text'", ['""']),
        ("constants", "''", []),
        ("elements", "[a, b]", ["[b]", "[a]", "[b, a]"]),
        ("elements", "(a, b)", ["(b,)", "(a,)", "(b, a)"]),
        ("elements", "a, b = c", []),
        ("keys", "{'a': 1, **b}", ["({**b})", "({'a': 1})"]),
        ("keys", "f(a, b=c)", ["f(a)"]),
        ("keys", "do(a, why='text')", []),
        ("stages", "do(a, b)", ["do(b)", "do(a)", "do(b, a)"]),
        ("stages", "do(a)", []),
        ("statements", "f()", ["pass"]),
        ("statements", "x = 1", []),
    ],
)
def test_each_operator_makes_its_changes(operator, source, texts):
    assert changes(operator, source) == texts


@pytest.mark.parametrize(
    ("operator", "source", "says"),
    [
        ("keys", "{'a': 1, **b}", ["without 'a'", "without **b"]),
        ("keys", "f(a, b=c)", ["f() without b"]),
        ("elements", "{a, b}", ["without a", "without b"]),
        ("elements", "[a, b]", ["without a", "without b", "swaps a and b"]),
    ],
)
def test_a_change_of_a_long_text_says_what_it_drops_or_swaps(operator, source, says):
    [chosen] = [each for each in OPERATORS if each.__name__ == operator]
    found = [edit.says for node in ast.walk(ast.parse(source)) for edit in chosen(node)]
    assert found == says


def test_two_neighbours_that_await_are_swapped():
    source = "async def f():\n    await a()\n    await b()"
    assert "await b(); await a()" in changes("statements", source)


def test_docstrings_annotations_imports_and_log_messages_are_not_changed(tmp_path, monkeypatch):
    module = tmp_path / "module.py"
    lines = ('"""Says something."""', "from a import b", 'def f(x: "C" = None) -> "D":')
    module.write_text("\n".join([*lines, '    log.info("text")']))
    monkeypatch.setattr("tests.mutation.mutants.PACKAGE", tmp_path)
    assert [mutant.before for mutant in mutants_of(module)] == ['log.info("text")']


def test_what_explains_a_value_to_readers_is_not_changed(tmp_path, monkeypatch):
    module = tmp_path / "module.py"
    lines = ("@dataclass(frozen=True)", "class A(StrEnum):", '    B = "b", "when", "remedy"')
    module.write_text("\n".join([*lines, 'c = do(d, why=f"text")', "E = Mapping[str, F]"]))
    monkeypatch.setattr("tests.mutation.mutants.PACKAGE", tmp_path)
    assert [mutant.before for mutant in mutants_of(module)] == ['"b"']


def test_the_definition_has_mutants_that_demand_less_more_or_else():
    mutants = definition_mutants()
    assert len({mutant.id for mutant in mutants}) == len(mutants)
    sources = [file_of(mutants[0].path).read_bytes(), *(each.source() for each in mutants)]
    original, *changed = (yaml.load(source, LOADER) for source in sources)
    assert original not in changed
    minimum = [mutant for mutant in mutants if mutant.scope.endswith("minReservedMembers.minimum")]
    assert [mutant.after for mutant in minimum] == ["nullable: false", "2", "0"]


def test_every_rule_of_the_controller_has_mutants(everything):
    changed = {mutant.path for mutant in everything}
    named = {file.relative_to(PACKAGE).as_posix() for file in modules() if file.stem != "__init__"}
    assert named - changed == {"controller.py"}  # the interface of the four controllers
    assert len(everything) > 3000


def test_every_mutant_has_a_name_of_its_own_and_changes_the_source(everything):
    assert len({mutant.id for mutant in everything}) == len(everything)
    for mutant in everything[::50]:
        assert mutant.source() != (PACKAGE / mutant.path).read_bytes()


def test_a_sample_is_the_same_for_the_same_seed(everything):
    assert sample(everything, 5, 1) == sample(everything, 5, 1) != sample(everything, 5, 2)


def test_every_explained_survivor_is_a_mutant_of_today(everything):
    names = {mutant.id for mutant in (*everything, *definition_mutants())}
    assert set(explained()) <= names
    assert all(why.startswith(("same: ", "free: ")) for why in explained().values())


def test_only_checks_that_execute_the_statement_of_a_mutant_are_run():
    path = "names.py"
    rows = [row for row, line in enumerate(lines_of(path), start=1) if "def " in line]
    record = {
        f"{path}:{row}": bits for row in range(1, 99) for bits in [1 if row < rows[-1] else 2]
    }
    executed = Executed(["first", "second"], record)
    mutants = [each for each in mutants_of(PACKAGE / path) if each.scope]
    found = {each.line >= rows[-1]: list(executed.checks_of(each)) for each in mutants}
    assert found == {False: ["first"], True: ["second"]}


def test_all_checks_are_run_for_code_that_modules_execute_when_they_are_imported():
    executed = Executed(["first", "second"], {})
    mutant = next(each for each in mutants_of(PACKAGE / "names.py") if not each.scope)
    assert executed.checks_of(mutant) == ["first", "second"]
    assert executed.checks_of(definition_mutants()[0]) == ["first", "second"]


def test_checks_that_failed_mutants_of_the_same_file_come_first(everything):
    mutant = next(each for each in everything if each.path == "kuscia_task/pods.py")
    likely = Likely()
    likely.learn(Finding(f"{mutant.path} other", KILLED, ["here"]))
    likely.learn(Finding("names.py another", KILLED, ["there", "there"]))
    assert likely.order(mutant, ["nowhere", "there", "here"]) == ["here", "there", "nowhere"]


def test_findings_are_kept_and_counted(tmp_path):
    results = Results.read(tmp_path / "results")
    results.add(Finding("a.py f x", KILLED, ["check"]))
    results.add(Finding("a.py f y", SURVIVED))
    again = Results.read(tmp_path / "results").findings
    assert set(again) == {"a.py f x", "a.py f y"}
    assert "| a.py | 2 | 1 | 0 | 1 | 0 |" in table(again.values())


def test_a_mutant_that_survives_needs_a_reason_and_a_killed_one_has_none(monkeypatch):
    monkeypatch.setattr(
        "tests.mutation.results.explained", lambda: {"a": "same: it", "b": "free: "}
    )
    findings = [Finding("a", KILLED, ["check"]), Finding("b", SURVIVED), Finding("c", SURVIVED)]
    killed, survived = disagreements(findings)
    assert killed == "survivors.yaml explains a mutant that check kills: a"
    assert survived == "survived: c"


def test_a_fork_runs_the_mutant_and_a_check_kills_it(tmp_path):
    name = "kuscia_task/parties.py"
    program = f"""
from pathlib import Path
from tests.mutation.forks import Forks, suite_run, survey
from tests.mutation.mutants import PACKAGE, mutants_of
mutants = mutants_of(PACKAGE / {name!r})
[mutant] = [each for each in mutants if each.before.startswith('f\\'AppImage "{{name}}"')]
first = lambda mutant, checks: sorted(checks, key="create-app-image-missing".__ne__)
survey(Forks(suite_run(Path({str(tmp_path)!r})), [mutant], first, print))
"""
    command = [sys.executable, "-c", program]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert "outcome='killed', checks=['create-app-image-missing']" in done.stdout, done
    assert "requirements=['CR-09b']" in done.stdout
