"""Tests which outcome an error of a check's phase stands for."""

import pytest

from kuscia_conformance.errors import (
    ApiError,
    ClusterError,
    FeatureError,
    HarnessError,
    Unreachable,
)
from kuscia_conformance.report.outcome import outcome_of
from kuscia_conformance.scenario.failure import CheckFailed, ControllerExited


@pytest.mark.parametrize(
    ("error", "when", "outcome"),
    [
        (None, "call", ("pass", "")),
        (CheckFailed("differs"), "call", ("fail", "")),
        (ControllerExited("exited", "how"), "call", ("fail", "exited")),
        (ControllerExited("exited", "how"), "teardown", ("fail", "exited")),
        (FeatureError("wrong"), "call", ("error", "author")),
        (CheckFailed("pods stay"), "teardown", ("fail", "teardown")),
        (ClusterError("the kubelet is gone"), "teardown", ("error", "cluster")),
        (HarnessError("disk full"), "call", ("error", "harness")),
        (ApiError(503, "ServiceUnavailable", "later"), "teardown", ("error", "cluster")),
        (ClusterError("no nodes"), "setup", ("error", "cluster")),
        (Unreachable("gone"), "teardown", ("error", "cluster")),
        (OSError("disk full"), "teardown", ("error", "harness")),
        (RuntimeError("a plugin's"), "teardown", ("error", "harness")),
        (pytest.skip.Exception("not-applicable: exec"), "setup", ("skip", "not-applicable")),
        (pytest.xfail.Exception("[NOTRUN] later"), "setup", ("skip", "user")),
    ],
)
def test_an_error_has_the_outcome_of_its_cause(error, when, outcome):
    assert outcome_of(error, when) == outcome
