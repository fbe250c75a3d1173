"""Records a scenario while it runs, and restores what was recorded for a replay.

`Recorder` writes a line for each step. After a step that acts, the line has the state that later
steps build on: `state_of` returns it, and `restore` gives it to a scenario that is replayed.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from pytest_bdd.parser import Step

from kuscia_conformance.environment.settings import Settings
from kuscia_conformance.errors import MissingDocument
from kuscia_conformance.evidence.record import FORMAT, Record, ended_by
from kuscia_conformance.evidence.tape import error_data, error_from
from kuscia_conformance.features.fixture_files import FixtureFiles
from kuscia_conformance.features.reader import files_named, is_ours
from kuscia_conformance.features.tasks import APP_IMAGE, Task
from kuscia_conformance.kube.objects import Obj
from kuscia_conformance.scenario.rules.story import Act
from kuscia_conformance.scenario.scenario import Scenario


def about(scenario: Scenario, feature: Path, settings: Settings) -> Obj:
    """Returns the first line of a record: the scenario, and the circumstances of the run."""
    environment, check = scenario.environment, scenario.expect.check
    return {
        "format": FORMAT,
        "scenario": check.id,
        "feature": check.feature if is_ours(feature) else _relative(feature),
        "ours": is_ours(feature),
        "began": scenario.history.began.isoformat(),
        "token": scenario.names.token,
        "timeouts": vars(scenario.timeouts),
        "cluster": environment.cluster,
        "can": sorted(environment.can),
        "controller": environment.controller,
        "seed": settings.seed if settings.virtual else None,
    }


def _relative(path: Path) -> str:
    """Returns the path from the working folder, or the file's name if it is not below it."""
    found, here = path.resolve(), Path.cwd().resolve()
    return found.relative_to(here).as_posix() if found.is_relative_to(here) else found.name


class Recorder:
    """Writes each step of one scenario to its record."""

    def __init__(self, scenario: Scenario, record: Record) -> None:
        self._scenario, self._record = scenario, record
        self._line: Obj = {}
        self._acts_before = 0
        self._state: Obj = {}
        #: What the suite has done so far, and whether a step has failed.
        self.acts: list[Act] = []
        self.failed = False

    def begin(self, step: Step, *, looks: bool) -> None:
        """Notes where the step begins. Looking steps see the events up to this moment."""
        history, api = self._scenario.history, self._scenario.connection.api
        history.update()
        history.tape.clear()
        api.changes = []
        api.retried.clear()
        self._acts_before = len(history.acts)
        self._line = {
            **as_written(step),
            "looks": looks,
            "began": history.journal.now().isoformat(),
            "length": [len(history.versions)],
        }

    def end(self, step: Step, error: BaseException | None = None) -> None:
        """Writes the step's line; `error` is what ended it, if it has failed."""
        history, line = self._scenario.history, self._line
        line["ended"] = history.journal.now().isoformat()
        line["length"].append(len(history.versions))
        line["cursor"] = history.cursor
        line["waits"] = [wait.to_dict() for wait in history.tape.waits]
        line["answers"] = history.tape.answers
        line["acts"] = self._acts()
        line["acted"] = next(iter(self._moments()), None)
        line["retried"] = self.retried()
        if not line["looks"]:
            line |= {"state": self._changed(), "files": digests(self._scenario, step)}
        line["error"] = ended_by(error)
        self.failed = self.failed or error is not None
        self.acts.append(act_of(line))
        self._record.write(line)

    def retried(self) -> list[str]:
        """Returns a line for each request that was sent again since the last step."""
        api, names = self._scenario.connection.api, self._scenario.names
        lines, api.retried = api.retried, []
        return [str(names.incoming(line)) for line in lines]

    def _moments(self) -> list[str]:
        """Returns when the step has begun to act; nothing if it has not acted."""
        return [act.at.isoformat() for act in self._scenario.history.acts[self._acts_before :]]

    def _acts(self) -> list[str]:
        api, names = self._scenario.connection.api, self._scenario.names
        changes, api.changes = api.changes or [], None
        return [str(names.incoming(change)) for change in changes]

    def _changed(self) -> Obj:
        """Returns the parts of the scenario's state that are other than after the last step."""
        before, self._state = self._state, state_of(self._scenario)
        return {name: part for name, part in self._state.items() if part != before.get(name)}


def act_of(line: Obj) -> Act:
    """Returns what a line of the record says that the suite did."""
    began, ended = (datetime.fromisoformat(line[name]) for name in ("began", "ended"))
    return Act(line["text"], began, ended, line.get("acts") or [])


def as_written(step: Step) -> Obj:
    """Returns what a feature says of a step: its keyword, text, table and docstring."""
    table = step.datatable.raw() if step.datatable else None
    written = {"text": step.name, "docstring": step.docstring}
    return {"step": step.type.title(), **written, "table": [[*row] for row in table or []] or None}


def state_of(scenario: Scenario) -> Obj:
    """Returns as JSON what the steps so far have created, in the scenario's own names."""
    applied, domains = scenario.applied, scenario.domains
    return {
        "tasks": {name: _task(task) for name, task in applied.tasks.items()},
        "nodes": {name: list(nodes) for name, nodes in domains.nodes.items()},
        "noted": dict(domains.noted),
        "refusal": error_data(applied.refusal) if applied.refusal else None,
    }


def _task(task: Task) -> Obj:
    return {"manifest": task.manifest, "since": task.since, "uid": task.uid}


def restore(scenario: Scenario, state: Obj) -> None:
    """Gives the scenario the state that `state_of` returned, or those parts of it that are there.

    Raises KeyError or TypeError if it is damaged.
    """
    applied, domains = scenario.applied, scenario.domains
    if "tasks" in state:
        applied.tasks = {name: Task(name, **task) for name, task in state["tasks"].items()}
    domains.nodes = state.get("nodes", domains.nodes)
    domains.noted = state.get("noted", domains.noted)
    if state.get("refusal"):
        applied.refusal = error_from(state["refusal"])


def digests(scenario: Scenario, step: Step) -> dict[str, str]:
    """Returns the digest of each manifest that the step uses, by the name of its file.

    Once tasks have their AppImage, its file belongs to the step.
    """
    names = files_named(step)
    if scenario.applied.app_image is not None:
        names = [*names, f"{APP_IMAGE}.yaml"]
    return {name: digest_of(scenario.files, name) for name in dict.fromkeys(names)}


def digest_of(files: FixtureFiles, name: str) -> str:
    """Returns the digest of a file of the feature; "" if it is missing."""
    try:
        return _digest(files.find(name))
    except MissingDocument:
        return ""


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
