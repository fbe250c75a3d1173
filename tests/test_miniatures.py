"""Tests the checks with miniatures: controllers with one wrong line that one check must detect.

A miniature is a patch of the reference controller, `tests/miniatures/NAME.patch`. The text before
the diff names the mistake, the check that must fail, and its requirement. Each miniature runs with
that check only, which has to blame this clause, and no other requirement; a standing rule runs with
the scenario that the line `In:` names. With --full it runs with all checks, and that check must be
among those that fail; for those in EXACT no check at all may blame another requirement.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from kuscia_conformance.features.checks import requirements
from kuscia_conformance.replay.run import replay
from tests.mutation.patched import PatchedRuns

ROOT = Path(__file__).parent.parent
PATCHES = sorted((ROOT / "tests" / "miniatures").glob("*.patch"))


#: The miniatures for which no check of the whole suite blames another requirement.
EXACT = frozenset({
    "app-image-unnamed", "args-added-to-command", "blames-the-first", "completed-too-soon",
    "crashes-for-ever", "deleted-for-good", "failed-pods-stay", "first-template-for-all",
    "held-without-group", "label-unneeded", "later-resource-first", "loss-unnoticed",
    "no-party-message", "no-success-condition", "no-termination-log", "one-service-for-all",
    "pods-there-are-enough", "reason-in-prose", "rounds-not-counted", "service-entry-forgotten",
    "silent-about-waiting", "undone-for-good", "zero-is-zero",
})  # fmt: skip

TABLE = ROOT / "tests" / "miniatures" / "README.md"


@dataclass(frozen=True)
class Miniature:
    """A patch with one mistake, and the check and requirement that it must fail."""

    path: Path
    check: str
    requirement: str
    #: The mistake, in one sentence.
    wrong: str
    #: What runs: the check itself, or the scenario in which a standing rule sees the mistake.
    runs: str

    @classmethod
    def read(cls, path):
        text = path.read_text()
        found = dict(re.findall(r"^(Fails|Requirement|In): (\S+)$", text, re.MULTILINE))
        check, wrong = found["Fails"], text.partition("\n\n")[0].strip()
        return cls(path, check, found["Requirement"], wrong, found.get("In") or check)

    @property
    def changed_lines(self):
        lines = self.path.read_text().splitlines()
        added = [line for line in lines if line.startswith("+") and not line.startswith("+++")]
        removed = [line for line in lines if line.startswith("-") and not line.startswith("---")]
        return max(len(added), len(removed))


MINIATURES = [Miniature.read(path) for path in PATCHES]


@pytest.fixture(scope="session")
def patched_runs(tmp_path_factory):
    with PatchedRuns(tmp_path_factory.mktemp("patched")) as runs:
        yield runs


def suite(folder, *options):
    """Runs the suite on a virtual clock; returns the finished process and the report."""
    out = folder / "out"
    command = [sys.executable, "-P", "-m", "kuscia_conformance", "run", "--out", str(out)]
    command += ["--clock=virtual", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=500)
    assert (out / "report.yaml").exists(), done.stdout + done.stderr
    return done, yaml.safe_load((out / "report.yaml").read_text())


def failing(report):
    return [check["id"] for check in report["checks"] if check["outcome"] != "pass"]


def blamed(report, check=None):
    """Returns the requirements that one check blames, or all checks together."""
    return {
        name
        for each in report["checks"]
        if each["outcome"] != "pass" and check in (None, each["id"])
        for name, word in each["requirements"].items()
        if word == "fail"
    }


def table():
    """Returns the table of the README: each mistake with the check that detects it."""
    rows = sorted(MINIATURES, key=lambda m: (m.requirement, m.check, m.path.stem))
    head = ["| requirement | what is wrong | caught by | miniature |", "|---|---|---|---|"]
    cells = (
        f"| {m.requirement} | {' '.join(m.wrong.split())} | `{m.check}` | {m.path.stem} |"
        for m in rows
    )
    return "\n".join([*head, *cells]) + "\n"


def test_the_readme_lists_every_miniature_with_its_check(pytestconfig):
    if pytestconfig.getoption("write_tables"):
        intro = TABLE.read_text().partition("\n| ")[0]
        TABLE.write_text(f"{intro}\n{table()}")
    assert TABLE.read_text().endswith("\n\n" + table())


def test_there_are_at_least_thirty_miniatures_of_scheduling():
    assert len([m for m in MINIATURES if m.requirement.startswith("SC")]) >= 30


def test_each_group_of_requirements_has_miniatures():
    groups = {"CR", "VW", "RN", "SC", "CL", "TG", "CP"}
    assert {m.requirement[:2] for m in MINIATURES} == groups


@pytest.mark.parametrize("miniature", MINIATURES, ids=lambda m: m.path.stem)
def test_each_miniature_changes_one_line(miniature):
    assert miniature.changed_lines == 1
    assert miniature.requirement in requirements()


def test_the_reference_controller_passes_the_checks_of_all_miniatures(tmp_path, pytestconfig):
    named = ",".join(sorted({miniature.runs for miniature in MINIATURES}))
    only = [] if pytestconfig.getoption("full") else [f"--only={named}"]
    done, report = suite(tmp_path, *only)
    assert failing(report) == []
    assert (done.returncode, report["reasons"]) == (0, [])
    assert report["partial"] != pytestconfig.getoption("full")


@pytest.mark.parametrize("miniature", MINIATURES, ids=lambda m: m.path.stem)
def test_each_miniature_fails_its_check(miniature, patched_runs, pytestconfig):
    full = pytestconfig.getoption("full")
    out = Path(patched_runs.find(miniature.path, None if full else miniature.runs).out)
    report = yaml.safe_load((out / "report.yaml").read_text())
    replayed = replay(out)
    assert replayed.exit_code == 0, str(replayed)
    assert miniature.check in failing(report)
    guilty = blamed(report, miniature.check)
    assert miniature.requirement in guilty
    # One mistake may break several clauses of a requirement, but no other requirement.
    assert {name[:5] for name in guilty} == {miniature.requirement[:5]}
    if full and miniature.path.stem in EXACT:
        assert blamed(report) == {miniature.requirement}
