"""Tests what ends a run before its cluster starts."""

import pytest

from kuscia_conformance.pytest_plugin.session import Run
from tests.given import settings_of

FEATURE = "Feature: F\n  @id:{0}\n  Scenario: F\n    Given the domain alice\n"


def run_of(folder, *ids):
    """Returns a run of one feature for each id."""
    for number, name in enumerate(ids):
        (folder / f"{number}.feature").write_text(FEATURE.format(name))
    return Run(settings_of({"out": str(folder / "out")}), [folder])


def test_two_features_with_the_same_id_end_the_run_before_it_replaces_an_older_one(tmp_path):
    run = run_of(tmp_path, "same", "same")
    with pytest.raises(pytest.exit.Exception, match=r"1\.feature:3: @id:same is used twice") as end:
        run.prepare()
    assert end.value.returncode == 2
    assert not (tmp_path / "out").exists()


def test_features_with_ids_of_their_own_replace_an_older_run(tmp_path):
    run = run_of(tmp_path, "one", "other")
    run.prepare()
    assert (tmp_path / "out").is_dir()
