"""Tests which results folders a run takes, and what it does to the report of an older run."""

import os

import pytest

from kuscia_conformance.errors import UsageError
from kuscia_conformance.report.folder import clear_folder, require_ours, retire_report


@pytest.mark.parametrize("out", ["out", "out/deeper", ""])
def test_a_folder_that_may_not_be_written_is_refused(tmp_path, monkeypatch, out):
    monkeypatch.setattr(os, "access", lambda folder, _: folder != tmp_path)
    with pytest.raises(UsageError, match=f"you may not write into {tmp_path}"):
        require_ours(tmp_path / out)


def test_a_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=f"{tmp_path}/file is a file"):
        require_ours(tmp_path / "file" / "out" / "deeper")


def test_a_folder_that_does_not_exist_is_made(tmp_path):
    clear_folder(tmp_path / "out" / "deeper")
    assert (tmp_path / "out" / "deeper").is_dir()


def older(folder, *names):
    for name in names:
        (folder / name).touch()


def test_the_report_of_an_older_run_is_removed_and_its_evidence_stays(tmp_path):
    older(tmp_path, "plan.json", "end.json", "report.yaml", "junit.xml")
    assert f"`kuscia-conformance report {tmp_path}`" in retire_report(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["end.json", "plan.json"]
    assert retire_report(tmp_path) == ""


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    older(tmp_path, "report.yaml", "thesis.txt")
    assert retire_report(tmp_path) == ""
    assert sorted(os.listdir(tmp_path)) == ["report.yaml", "thesis.txt"]
