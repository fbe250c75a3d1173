"""Where `--update` writes a document, and where it does not."""

import pytest

from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.folders import (
    suite_folder,
)

FILE = "mine.status.yaml"


@pytest.fixture
def files(tmp_path):
    return FixtureFiles(tmp_path / "mine.feature")


def test_a_new_one_comes_beside_the_feature(files, tmp_path):
    assert files.write(FILE, "phase: Failed\n") == tmp_path / FILE
    assert files.document(FILE) == {"phase": "Failed"}


def test_a_new_one_comes_into_the_folder_of_the_features_name(files, tmp_path):
    (tmp_path / "mine").mkdir()
    assert files.write(FILE, "phase: Failed\n") == tmp_path / "mine" / FILE


def test_one_that_is_there_is_written_where_it_is(files, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / FILE).write_text("phase: Running\n")
    assert files.document(FILE) == {"phase": "Running"}
    assert files.write(FILE, "phase: Failed\n") == tmp_path / FILE
    assert files.document(FILE) == {"phase": "Failed"}


def test_one_is_not_written_otherwise_by_the_same_run(files, tmp_path):
    for _ in range(2):
        files.write(FILE, "phase: Failed\n")
    with pytest.raises(UsageError, match=r"has already written .*mine.status.yaml, otherwise"):
        files.write(FILE, "phase: Running\n")
    assert (tmp_path / FILE).read_text() == "phase: Failed\n"


def test_what_features_share_is_not_written(files):
    shared = sorted((suite_folder("fixtures") / "shared").glob("*.yaml"))[0]
    before = shared.read_text()
    with pytest.raises(UsageError, match=r"--update does not write .*it is not this feature's own"):
        files.write(shared.name, "phase: Failed\n")
    assert shared.read_text() == before


def test_a_file_that_cannot_be_written(files, tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(UsageError, match=r"--update cannot write .*: Is a directory"):
        files.write(FILE, "phase: Failed\n")
