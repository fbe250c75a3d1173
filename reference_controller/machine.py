"""A state machine: for each phase its transitions, in order of precedence, and its deadlines.

A *transition* is a pure function of what was seen of one object to a `Decision`, or None where
it does not apply. It is named after what happens. The table of them is the specification.
A *deadline* is the moment at which to look again though nothing has changed.
This module knows neither Kubernetes nor the time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from reference_controller.actions import Action

S = TypeVar("S")


@dataclass(frozen=True)
class Decision:
    """What to do: stages of actions, one after the other; those of one stage go out together.

    The object's own status is written last, so that an interrupted decision is taken again.
    """

    stages: tuple[tuple[Action, ...], ...]
    why: str = ""
    #: It only tells what was seen: it may wait a moment, for what follows to be told with it.
    lazy: bool = False


def do(*stages: Action | Sequence[Action], why: str = "", lazy: bool = False) -> Decision:
    """A decision of these stages; a single action is a stage of its own, an empty one none."""
    tuples = (tuple(s) if isinstance(s, Sequence) else (s,) for s in stages)
    return Decision(tuple(stage for stage in tuples if stage), why, lazy)


#: The two tables: for each phase its transitions in order of precedence, and its deadlines.
Transitions = Mapping[Hashable, Sequence[Callable[[S], Decision | None]]]
Deadlines = Mapping[Hashable, Sequence[Callable[[S], datetime | None]]]


@dataclass(frozen=True)
class Machine(Generic[S]):
    """The tables of one kind of object."""

    phase: Callable[[S], Hashable]
    transitions: Transitions[S]
    deadlines: Deadlines[S]

    def decide(self, seen: S) -> tuple[str, Decision] | None:
        """The first transition that applies, and what it decides; an unknown phase has none."""
        for transition in self.transitions.get(self.phase(seen), ()):
            if decision := transition(seen):
                return transition.__name__, decision
        return None

    def wake_at(self, seen: S) -> datetime | None:
        """The nearest deadline, always later than what was seen if there is nothing to decide."""
        due = (deadline(seen) for deadline in self.deadlines.get(self.phase(seen), ()))
        return min((moment for moment in due if moment), default=None)
