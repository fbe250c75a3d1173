"""Variants of what a status shows beyond what it has to, when, and in which order."""

from __future__ import annotations

from reference_controller import conditions
from reference_controller.kuscia_task import seen as seen_module
from reference_controller.kuscia_task import transitions
from reference_controller.kuscia_task.outcome import Tally
from tests.variants.catalogue import instead_of, variant

Seen = seen_module.Seen


@variant("order of lists")
def listed_backwards():
    """The newest condition comes first, and the parties come in reverse order (VW-04, VW-08)."""
    add = conditions.with_condition

    @instead_of(add)
    def with_condition(before, kind, *args, **options):
        before = list(before)
        after = add(before, kind, *args, **options)
        return after if len(after) == len(before) else [after[-1], *before]

    tally, final, listed = Seen.tally.func, Seen.final_parties.fget, transitions._spec_parties

    def backwards(seen):
        there = tally(seen)
        return Tally(there.entries[::-1], there.need)

    Seen.tally.func = backwards
    Seen.final_parties = property(lambda seen: _as_stored(seen, final(seen)))

    @instead_of(listed)
    def spec_parties(seen):
        return listed(seen)[::-1]


def _as_stored(seen, parties):
    """Returns the parties in the order of the stored status, or backwards if some are not there."""
    stored = [_identity(entry) for entry in seen.status.get("partyTaskStatus") or ()]
    if all(_identity(party) in stored for party in parties):
        return sorted(parties, key=lambda party: stored.index(_identity(party)))
    return parties[::-1]


def _identity(party):
    return party["domainID"], party.get("role") or ""


@variant("further conditions")
def further_conditions():
    """A task has another condition, which is not one of the page's (VW-08)."""
    old = transitions._write

    @instead_of(old)
    def write(seen, *, why="", **changes):
        known = changes.get("conditions", transitions._conditions(seen))
        further = conditions.with_condition(
            known, "Handled", True, seen.now, message="by a variant"
        )
        return old(seen, why=why, **{**changes, "conditions": further})


@variant("conditions before they hold")
def conditions_from_the_start():
    """The conditions are there from the start, as False or Unknown, with reasons (VW-08)."""
    old = transitions.accept

    @instead_of(old)
    def accept(seen):
        decision = old(seen)
        [[patch]] = decision.stages
        known = patch.status.get("conditions") or []
        for kind, word in (
            ("ResourceCreated", "False"),
            ("Running", "False"),
            ("Success", "Unknown"),
        ):
            known = [*known, _not_yet(kind, word, patch.status["lastReconcileTime"])]
        patch.status["conditions"] = known
        return decision


def _not_yet(kind, word, time):
    why = {"reason": "NotYet", "message": "the task has just been handled"}
    return {"type": kind, "status": word, "lastTransitionTime": time, **why}


@variant("entries before Running")
def parties_from_the_start():
    """The parties are listed as Pending from the first status on (VW-04)."""
    old = transitions.accept

    @instead_of(old)
    def accept(seen):
        decision = old(seen)
        [[patch]] = decision.stages
        patch.status["partyTaskStatus"] = transitions._spec_parties(seen)
        return decision


@variant("entries before Running")
def parties_from_running_on():
    """A Pending task does not list its parties (VW-04)."""
    old = transitions._write

    @instead_of(old)
    def write(seen, *, why="", **changes):
        phase = changes.get("phase") or seen.status.get("phase")
        if phase == "Pending":
            changes.pop("partyTaskStatus", None)
        return old(seen, why=why, **changes)

    refresh = transitions._observed

    @instead_of(refresh)
    def observed(seen):
        fields = refresh(seen)
        if seen.phase in ("Pending", "Preparing") and not transitions._begun(seen):
            fields["partyTaskStatus"] = seen.status.get("partyTaskStatus")
        return {name: value for name, value in fields.items() if value is not None}

    end = transitions._ended

    @instead_of(end)
    def ended(seen, phase, changes):
        entries = list(seen.tally.entries) if seen.group else transitions._spec_parties(seen)
        return end(seen, phase, {"partyTaskStatus": entries, **changes})
