"""Options that are mistyped, too large or no text: each is refused in one sentence, with a hint."""

import os

import pytest

from kuscia_conformance.cli.runner import run_suite
from kuscia_conformance.errors import UsageError
from kuscia_conformance.features.folders import suite_folder
from kuscia_conformance.features.selection import cases_below, claimed
from kuscia_conformance.replay.recorded import Outcome, chosen
from kuscia_conformance.report.folder import require_ours
from tests.given import settings_of


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        (
            "cluster",
            "embeded",
            "--cluster embeded: this kind of cluster is unknown",
            "did you mean embedded?",
        ),
        (
            "cluster",
            "knd:x",
            "--cluster knd:x: this kind",
            "did you mean kind?",
        ),
        (
            "cluster",
            "kind:Ü",
            "--cluster kind:Ü: kind cannot give a cluster this name",
            "small letters",
        ),
        (
            "controller",
            ["referense"],
            "--controller referense: there",
            "did you mean reference?",
        ),
        ("nodes", "9" * 20, "expected a number from 2 to 1000", ""),
        ("nodes", "²", "--nodes ²: expected a number from 2 to 1000", ""),
        ("timeout_scale", "1e400", "--timeout-scale 1e400: expected a number from 0.1 to 1000", ""),
        ("timeout_scale", "nan", "--timeout-scale nan: expected a number from 0.1 to 1000", ""),
        ("pace", "1e9", "--pace 1e9: expected a number from 0 to 10000", ""),
        ("seed", str(2**63), "expected a number from 0 to 9223372036854775807", ""),
        ("out", "a\udcff", "--out 'a\\udcff': this is not UTF-8", ""),
        ("task_defaults", ".", "--task-defaults .: this is a folder", "name a file"),
        ("setup", "x" * 300, ": cannot be read: File name too long", ""),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(key, value, message, hint):
    with pytest.raises(UsageError) as error:
        settings_of({key: value})
    assert message in error.value.message
    assert hint in error.value.hint


def test_a_results_folder_with_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(UsageError, match="File name too long"):
        require_ours(tmp_path / ("x" * 300))


def test_a_mistyped_optional_feature_is_suggested():
    cases = cases_below([suite_folder("features")])
    with pytest.raises(UsageError) as error:
        claimed(["task-resource-group"], cases)
    assert error.value.hint.startswith("did you mean task-resource-groups?")


def test_all_optional_features_may_be_claimed_beside_others_but_no_unknown_one():
    cases = cases_below([suite_folder("features")])
    every = claimed(["all"], cases)
    assert "task-resource-groups" in every
    assert claimed(["task-resource-groups", "all"], cases) == every
    with pytest.raises(UsageError, match=r"^--claim nope: no check is about an optional") as caught:
        claimed(["all", "nope"], cases)
    assert "all" in caught.value.hint


def test_a_mistyped_check_of_a_replay_is_suggested():
    [case, *_] = cases_below([suite_folder("features")])
    with pytest.raises(UsageError) as error:
        chosen([Outcome(case.check, "pass")], [case.check.id + "x"])
    assert f"did you mean {case.check.id}" in error.value.hint


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "my-frist.feature",
            "did you mean {}/my-first.feature?",
        ),
        ("loop.feature", "there is no such feature or folder"),
        ("pipe.feature", "this is neither a file nor a folder"),
        ("empty", "there is no feature in this folder"),
        ("x" * 300, "cannot be read: File name too long"),
        ("a\0", "there is no such feature or folder"),
    ],
)
def test_a_path_without_a_feature_is_refused(tmp_path, name, message):
    (tmp_path / "my-first.feature").touch()
    (tmp_path / "loop.feature").symlink_to("loop.feature")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.feature")
    with pytest.raises(UsageError) as error:
        run_suite(settings_of({"out": str(tmp_path / "out")}), paths=[tmp_path / name])
    assert str(error.value).endswith(message.format(tmp_path))
