"""A state machine: for each phase its transitions, in order of precedence, and its deadlines.

A *transition* is a pure function. It takes what was seen of one object, and returns a `Decision`,
or None where the transition does not apply. Its name says what happens. The table of transitions
is the specification of the machine.
A *deadline* is a time at which to look at the object again even if nothing has changed.
This module knows neither Kubernetes nor the current time.
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
    """What to do: stages that are carried out in turn. The actions of one stage run together.

    The object's own status is written in the last stage. If the decision is interrupted before
    that, the object still has its old status, and the same decision is taken again.
    """

    stages: tuple[tuple[Action, ...], ...]
    why: str = ""
    #: Whether the decision only reports what was seen. The runtime may delay it a little, so that
    #: changes that follow are written together with it.
    lazy: bool = False


def do(*stages: Action | Sequence[Action], why: str = "", lazy: bool = False) -> Decision:
    """Returns the decision with these stages.

    A single action becomes a stage of its own. Empty stages are left out.
    """
    tuples = (tuple(s) if isinstance(s, Sequence) else (s,) for s in stages)
    return Decision(tuple(stage for stage in tuples if stage), why, lazy)


#: The two tables: for each phase its transitions in order of precedence, and its deadlines.
Transitions = Mapping[Hashable, Sequence[Callable[[S], Decision | None]]]
Deadlines = Mapping[Hashable, Sequence[Callable[[S], datetime | None]]]


@dataclass(frozen=True)
class Machine(Generic[S]):
    """The two tables of one kind of object, and `phase`, which reads the key of their rows."""

    phase: Callable[[S], Hashable]
    transitions: Transitions[S]
    deadlines: Deadlines[S]

    def decide(self, seen: S) -> tuple[str, Decision] | None:
        """Returns name and decision of the first transition that applies; None if none does.

        A phase that is not in the table has no transitions.
        """
        for transition in self.transitions.get(self.phase(seen), ()):
            if decision := transition(seen):
                return transition.__name__, decision
        return None

    def wake_at(self, seen: S) -> datetime | None:
        """Returns the earliest deadline of the phase; None if it has none.

        A deadline that has passed always has a transition that applies. So the result is later
        than the time in `seen` whenever `decide` returns None.
        """
        due = (deadline(seen) for deadline in self.deadlines.get(self.phase(seen), ()))
        return min((moment for moment in due if moment), default=None)
