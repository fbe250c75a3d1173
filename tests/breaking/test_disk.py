"""A disk that is full, and results folders that cannot be used."""

import resource

import pytest

from tests.breaking.given import (
    AUTHORS_ERROR,
    CONFORMANT,
    NO_VERDICT,
    NOT_CONFORMANT,
    WRONG,
    Case,
    broken,
    in_check,
    in_hook,
    judged,
    reported,
    ways,
)

#: Keeps Python from writing compiled modules, which the limit would cut for all later runs.
UNCOMPILED = {"PYTHONDONTWRITEBYTECODE": "1"}


def at_most(size):
    """Returns a function that limits the size of files, as `ulimit -f` does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


#: Sets that limit at a moment.
LIMIT = (
    "import resource, sys; sys.dont_write_bytecode = True; "
    "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"
)
EVIDENCE = "the evidence cannot be written"
FOLDER = "import shutil; (HERE / 'out' / {0!r}).mkdir(parents=True)"
SWAP = "import shutil; shutil.rmtree(HERE / 'out'); (HERE / 'out').write_text('')"
DELETE = "import shutil; shutil.rmtree(HERE / 'out')"


def a_file(folder):
    (folder / "out").write_text("mine")


def foreign(folder):
    (folder / "out").mkdir()
    (folder / "out" / "thesis.txt").write_text("mine")


def dangling(folder):
    (folder / "out").symlink_to(folder / "nowhere")


def below_a_file(folder):
    (folder / "file").write_text("mine")
    (folder / "out").symlink_to(folder / "file" / "out")


def older(folder):
    """Leaves what an earlier run has left, with files that it has not finished."""
    (folder / "out" / "checks" / "small-first").mkdir(parents=True)
    for name in ("report.yaml", "end.json", ".report.yaml.12", ".junit.xml.12", ".plan.json.12"):
        (folder / "out" / name).write_text("older")


#: Another run has begun in the same folder, and its plan has replaced ours.
OTHER_RUN = (
    "plan = HERE / 'out' / 'plan.json'; "
    'plan.write_text(plan.read_text().replace(\'"run": "\', \'"run": "other-\'))'
)
CASES = [
    Case(
        "no-room-for-anything",
        NO_VERDICT,
        EVIDENCE,
        before=at_most(0),
        environment=UNCOMPILED,
        reports=False,
    ),
    Case(
        "no-room-for-the-plan", NO_VERDICT, EVIDENCE, before=at_most(1500), environment=UNCOMPILED
    ),
    Case(
        "no-room-for-events",
        NO_VERDICT,
        "1 check ended in an error of the harness",
        before=at_most(20_000),
        environment=UNCOMPILED,
    ),
    Case(
        "no-room-for-a-result",
        NO_VERDICT,
        EVIDENCE,
        in_check("small-second", LIMIT.format(0)),
        reports=False,
    ),
    Case(
        "no-room-for-the-report",
        NOT_CONFORMANT,
        "1 check failed",
        in_hook("sessionfinish()", LIMIT.format(600)),
        feature=WRONG,
        reports=False,
    ),
    Case(
        "no-room-for-a-result-of-a-worker",
        NO_VERDICT,
        EVIDENCE,
        in_check("small-second", LIMIT.format(60)),
        options=("-n", "1"),
    ),
    Case(
        "a-folder-in-the-place-of-junit",
        CONFORMANT,
        conftest=in_check("small-first", FOLDER.format("junit.xml")),
    ),
    Case(
        "a-folder-in-the-place-of-the-report",
        CONFORMANT,
        conftest=in_check("small-first", FOLDER.format("report.yaml")),
        reports=False,
    ),
    Case(
        "a-folder-in-the-place-of-a-result",
        NO_VERDICT,
        EVIDENCE,
        in_check("small-first", FOLDER.format("checks/small-second/result.json")),
    ),
    Case(
        "another-run-in-the-same-folder",
        NO_VERDICT,
        "another run has written into out",
        in_check("small-second", OTHER_RUN),
    ),
    Case("folder-deleted-in-the-first-check", NO_VERDICT, "", in_check("small-first", DELETE)),
    Case(
        "folder-replaced-by-a-file", NO_VERDICT, "", in_check("small-second", SWAP), reports=False
    ),
    Case("out-is-a-file", AUTHORS_ERROR, prepare=a_file, reports=False),
    Case("out-is-a-foreign-folder", AUTHORS_ERROR, prepare=foreign, reports=False),
    Case("out-is-a-dangling-link", AUTHORS_ERROR, prepare=dangling, reports=False),
    Case("out-is-below-a-file", AUTHORS_ERROR, prepare=below_a_file, reports=False),
    Case("out-holds-unfinished-files", CONFORMANT, prepare=older),
]
#: The cases that run without `--full`, too.
QUICK = frozenset(
    {
        "another-run-in-the-same-folder",
        "no-room-for-events",
        "no-room-for-the-report",
        "folder-deleted-in-the-first-check",
        "out-is-a-file",
    }
)


@pytest.mark.parametrize("case", ways(CASES, QUICK))
def test_a_verdict_needs_its_evidence_on_disk(case, tmp_path):
    broken(case, tmp_path)


def test_a_run_that_never_began_leaves_no_report_of_an_older_one(tmp_path):
    broken(Case("older", CONFORMANT), tmp_path)
    wrong = Case("wrong", AUTHORS_ERROR, options=("--nodes", "1"), reports=False)
    broken(wrong, tmp_path)
    assert not (tmp_path / "out" / "report.yaml").exists()
    assert not (tmp_path / "out" / "junit.xml").exists()
    assert reported(tmp_path / "out")[0] == 0
    judged(Case("older", CONFORMANT), tmp_path / "out")
