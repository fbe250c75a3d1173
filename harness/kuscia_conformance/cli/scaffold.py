"""The feature that `kuscia-conformance new` writes: it runs as it is, and shows how to go on."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from kuscia_conformance.errors import UsageError

#: As scenarios' ids are: they become names of tests and folders.
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,48}[a-z0-9])?")

_FEATURE = Template("""\
# A feature says what is to hold, a scenario plays it. Given is what there is before, When is what
# is done, Then is what has to come of it. Names such as alice and psi are yours to choose.
#
#   kuscia-conformance run $name.feature        plays it
#   kuscia-conformance lint $name.feature       says what is wrong with it, without a cluster
#   kuscia-conformance explain "Then the pods"  tells what a step does; the features' README has all
#
# @id is the scenario's own name; @core, whether everybody has to pass it; @req:RN-01 would
# say which requirement it checks (`kuscia-conformance list --requirements`).
@core
Feature: $title

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:$name-succeeds
  Scenario: A task whose pods succeed
    When the task "psi" is created
    Then the status of "psi" matches "running.status.yaml"
    When the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:$name-fails
  Scenario: A task one of whose pods fails
    When the task "psi" is created
    And the pods of bob finish with exit code 3 and message "boom"
    Then the status of "psi" matches "failed.status.yaml"
""")

_DOCUMENTS = {
    "running.status.yaml": """\
# What is not mentioned is not looked at. `!node-of bob` is any node that serves bob; the README of
# the fixtures has all words with an exclamation mark.
phase: Running
partyTaskStatus:
  - {domainID: alice, phase: Running}
  - {domainID: bob, phase: Running}
podStatuses:
  bob/psi-0: {podPhase: Running, nodeName: !node-of bob}
""",
    "succeeded.status.yaml": """\
phase: Succeeded
completionTime: !time {after: startTime}
""",
    "failed.status.yaml": """\
phase: Failed
message: !re .+
podStatuses:
  bob/psi-0: {podPhase: Failed, terminationLog: !re .*boom.*}
""",
}


def write_feature(name: str, folder: Path) -> list[Path]:
    """The files written, the feature first. UsageError for a bad name, or if there is one of it."""
    if not _NAME.fullmatch(name):
        hint = "use at most 50 small letters, digits and dashes, as in my-first"
        raise UsageError(f"{name!r} cannot be a feature's name", hint=hint)
    feature, documents = folder / f"{name}.feature", folder / name
    if there := next((path for path in (feature, documents) if path.exists()), None):
        raise UsageError(f"{there} is there already", hint="nothing was written")
    title = name.replace("-", " ").capitalize()
    contents = {feature: _FEATURE.substitute(name=name, title=title)}
    contents |= {documents / file: text for file, text in _DOCUMENTS.items()}
    try:
        documents.mkdir(parents=True)
        for path, text in contents.items():
            path.write_text(text)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    return list(contents)
