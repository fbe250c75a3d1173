"""The standing rules: what has to hold in the history of every scenario, whatever it is about.

Comes in: a `Story`, everything that one scenario saw, and what the suite itself did in it. Goes
out: for each rule what it looked at, and what broke it. Everything here is pure, so that a replay
judges in the same way.

    story        the versions of a scenario by object, and the acts of the suite
    phases       the phase of a task, and what it says of pods and parties
    times        startTime, completionTime, lastReconcileTime
    conditions   the conditions of a task
    entries      the entries of pods and services
    pods         pods, nodes, config maps, and objects of others

`features/rules.yaml` says each rule in words. What the suite does to a status, a pod or a spec
suspends the rules that it concerns; a killed controller need not be in time.
This room must not know a cluster or a clock: a replay has neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from kuscia_conformance.evidence.breaches import Looks
from kuscia_conformance.features.rules import rules
from kuscia_conformance.scenario.rules import conditions, entries, phases, pods, times
from kuscia_conformance.scenario.rules.story import Look, Story

Judge = Callable[[Story], Iterable[Look]]

#: The function of each rule, by its name in `features/rules.yaml`.
JUDGES: Mapping[str, Judge] = {
    **phases.JUDGES,
    **times.JUDGES,
    **conditions.JUDGES,
    **entries.JUDGES,
    **pods.JUDGES,
}


def judge(story: Story, without: Collection[str] = ()) -> dict[str, Looks]:
    """Returns what each rule found in the story, by its id, if it found anything to look at.

    The rules `without` are suspended.
    """
    judging = [rule for rule in rules().values() if rule.id not in without]
    looks = {rule.id: _looks(story, JUDGES[rule.name](story)) for rule in judging}
    return {rule: found for rule, found in looks.items() if found.count}


def _looks(story: Story, looks: Iterable[Look]) -> Looks:
    found = list(looks)
    wrong = [
        f"{each.what}, {story.since_began(each.at)}: {each.wrong}" for each in found if each.wrong
    ]
    return Looks(len(found), sorted({each.what for each in found}), wrong)
