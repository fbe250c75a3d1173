"""The files that `kuscia-conformance new` writes: a feature that passes, with its documents."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from kuscia_conformance.errors import UsageError

#: The names that a feature may have. They become ids of scenarios, names of tests and folders.
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,48}[a-z0-9])?")

_FEATURE = Template("""\
# A feature describes a behaviour. Each scenario is one example of it: Given says what exists
# before, When says what happens, Then says what the controller must do. You may choose the names
# of domains (alice) and tasks (psi) freely.
#
#   kuscia-conformance run $name.feature     runs the scenarios
#   kuscia-conformance lint $name.feature    finds mistakes in this file, without a cluster
#   kuscia-conformance explain "the pods of bob finish"    explains a step
#
# features/README.md of the suite lists all steps. The tag @id is the name of the scenario. @core
# says that every implementation has to pass. A tag such as @req:RN-01c names a requirement that the
# scenario checks: `kuscia-conformance list --requirements` lists them, and `lint` says which one
# owns a field. A scenario without such a tag counts as a MUST of its own.
@core
Feature: $title

  Background:
    Given the domains alice and bob, each with room for 1 pod
    And the task "psi" of alice and bob

  @id:$name-succeeds @req:RN-01c @req:VW-03c
  Scenario: A task whose pods succeed
    When the task "psi" is created
    And the status of "psi" matches "running.status.yaml"
    And the pods of "psi" finish
    Then the status of "psi" matches "succeeded.status.yaml"

  @id:$name-fails @req:RN-01d @req:VW-06 @req:VW-10a @req:VW-10b
  Scenario: A task one of whose pods fails
    When the task "psi" is created
    And the pods of bob finish with exit code 3 and message "boom"
    Then the status of "psi" matches "failed.status.yaml"
""")

_DOCUMENTS = {
    "running.status.yaml": """\
# Only the fields in this document are compared. `!node-of bob` stands for any node that serves
# bob. fixtures/README.md of the suite lists all words with an exclamation mark.
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
    """Writes a feature and its documents, and returns the files, the feature first.

    The folder is made if it does not exist, but not the folders above it: one that is missing was
    mistyped. Existing files are never changed. Raises UsageError for a name that a feature cannot
    have, if a file or folder of this name exists, or if the folder cannot be written to.
    """
    if not _NAME.fullmatch(name):
        hint = "use at most 50 small letters, digits and dashes, beginning with a letter: my-first"
        raise UsageError(f"{name!r} cannot be a feature's name", hint=hint)
    feature, documents = folder / f"{name}.feature", folder / name
    if there := next((path for path in (feature, documents) if path.exists()), None):
        raise UsageError(f"{there} exists already", hint="nothing was written; choose another name")
    title = name.replace("-", " ").capitalize()
    contents = {feature: _FEATURE.substitute(name=name, title=title)}
    contents |= {documents / file: text for file, text in _DOCUMENTS.items()}
    try:
        if not folder.exists():
            folder.mkdir()
        documents.mkdir()
        for path, text in contents.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    return list(contents)
