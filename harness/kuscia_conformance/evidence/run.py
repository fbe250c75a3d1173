"""The evidence of a whole run, read from its results folder, and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from kuscia_conformance.errors import UsageError
from kuscia_conformance.evidence import ending, plan
from kuscia_conformance.evidence.ending import Ending, read_ending
from kuscia_conformance.evidence.plan import Plan, read_plan
from kuscia_conformance.evidence.results import Result, read_results
from kuscia_conformance.evidence.verdict import Verdict, judge


@dataclass(frozen=True)
class Evidence:
    """The plan of a run, its results by the ids of the checks, and how it ended."""

    plan: Plan | None
    results: Mapping[str, Result]
    ending: Ending

    @classmethod
    def read(cls, out: Path) -> Self:
        """Returns the evidence in a results folder.

        Raises UsageError if the folder is not that of a run, or if one of its files is damaged.
        """
        if not any((out / name).exists() for name in (plan.FILE, ending.FILE)):
            hint = "name the folder that a run has written (its option --out)"
            raise UsageError(f"{out}: there is no evidence of a run", hint=hint)
        found = read_plan(out)
        return cls(found, read_results(out, found) if found else {}, read_ending(out))

    @cached_property
    def verdict(self) -> Verdict:
        return judge(self.plan, self.results, self.ending)
