"""Tests where `--update` writes a document, and which files it does not change."""

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


def test_a_new_document_is_written_beside_the_feature(files, tmp_path):
    assert files.write(FILE, "phase: Failed\n") == tmp_path / FILE
    assert files.document(FILE) == {"phase": "Failed"}


def test_a_new_document_is_written_to_the_folder_of_the_features_name(files, tmp_path):
    (tmp_path / "mine").mkdir()
    assert files.write(FILE, "phase: Failed\n") == tmp_path / "mine" / FILE


def test_an_existing_document_is_overwritten_in_its_place(files, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / FILE).write_text("phase: Running\n")
    assert files.document(FILE) == {"phase": "Running"}
    assert files.write(FILE, "phase: Failed\n") == tmp_path / FILE
    assert files.document(FILE) == {"phase": "Failed"}


def test_a_run_does_not_write_one_document_with_two_contents(files, tmp_path):
    for _ in range(2):
        files.write(FILE, "phase: Failed\n")
    with pytest.raises(UsageError, match=r"has already written another text to .*mine.status.yaml"):
        files.write(FILE, "phase: Running\n")
    assert (tmp_path / FILE).read_text() == "phase: Failed\n"


def test_update_does_not_write_documents_that_features_share(files):
    shared = sorted((suite_folder("fixtures") / "shared").glob("*.yaml"))[0]
    before = shared.read_text()
    with pytest.raises(UsageError, match=r"--update does not write .*it is not this feature's own"):
        files.write(shared.name, "phase: Failed\n")
    assert shared.read_text() == before


def test_a_document_that_cannot_be_written_is_reported(files, tmp_path):
    (tmp_path / "sub").write_text("")
    with pytest.raises(UsageError, match=r"--update cannot write .*: File exists"):
        files.write(f"sub/{FILE}", "phase: Failed\n")


def test_a_folder_and_a_link_to_nothing_are_no_documents(files, tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(UsageError, match=rf"^'{FILE}' is a folder\n") as raised:
        files.find(FILE)
    assert raised.value.hint == f"expected a file: {tmp_path / FILE}"
    (tmp_path / "link.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(UsageError, match=r"^'link\.yaml' is a link to a file that does not"):
        files.find("link.yaml")


def test_only_files_are_suggested(files, tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(UsageError) as raised:
        files.find("mne.status.yaml")
    assert raised.value.hint.startswith("looked in ")
