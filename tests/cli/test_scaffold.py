"""Tests `new`: its files are valid, and it does not overwrite any file."""

import pytest

from kuscia_conformance.cli.scaffold import write_feature
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.reader import read_feature
from kuscia_conformance.steps import definitions


@pytest.mark.parametrize("name", ["x", "my-first", "a" * 50])
def test_a_new_feature_has_no_problems_and_all_its_documents(tmp_path, name):
    feature, *documents = write_feature(name, tmp_path / "new")
    read = read_feature(feature, definitions())
    assert read.problems == ()
    assert [case.check.id for case in read.cases] == [f"{name}-succeeds", f"{name}-fails"]
    assert all(document.is_file() for document in documents)


@pytest.mark.parametrize("name", ["", "My", "my_first", "-x", "x-", "../x", "a" * 51])
def test_an_invalid_feature_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be a feature's name"):
        write_feature(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["mine.feature", "mine"])
def test_a_new_feature_does_not_overwrite_a_file_or_folder(tmp_path, there):
    (tmp_path / there).write_text("kept")
    with pytest.raises(UsageError, match=f"{there} exists already"):
        write_feature("mine", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "kept"


def test_a_folder_that_cannot_be_created_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"cannot write to .*file: Not a directory"):
        write_feature("mine", tmp_path / "file")


def test_folders_above_a_new_folder_are_not_made(tmp_path):
    with pytest.raises(UsageError, match=r"cannot write to .*b: No such file or directory"):
        write_feature("mine", tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
