"""Who owns what a check compares, and what its outcome says of each requirement.

A *subject* is a text that names one thing which a Then compares. Paths of documents are subjects
(`documents.subjects` names them); other things have words:

    status.serviceStatuses[alice/psi-0-fed].portNumber   a value in a status document
    status.podStatuses[alice/psi-0].readyTime?           only whether the field is there
    moments.bound, room, services                        things without a document

A requirement owns *patterns* of subjects. A pattern owns its subject and everything below it; a
step `[*]` stands for any one. With `?` at the end it owns only whether fields are there. Of the
requirements that a check claims, the one with the longest fitting pattern owns a subject.

Everything here is pure: who claims what, and what a check compares, comes in as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain

from kuscia_conformance.documents import Path, path_from

#: The subject of an author's own step, which does not declare what it compares. Whatever a check
#: claims owns it.
EVERYTHING = "*"
#: The phase of the task says at which moment the rest of a status document is read.
MOMENT = "status.phase"

#: The first words of subjects.
KINDS = frozenset({
    "bindings", "conditions", "deleted", "file", "group", "inventory", "kubectl", "moments",
    "phases", "pod", "pods", "refusal", "resource", "room", "rules", "services", "status",
})  # fmt: skip

PASS, FAIL, UNDECIDED = "pass", "fail", "undecided"

#: The patterns of the claimed requirements, by the requirement's id.
Claims = Mapping[str, Sequence[str]]


def owners(subject: str, claims: Claims) -> tuple[str, ...]:
    """Returns the claimed requirements that own the subject: one, several of equal rank, or none.

    Several mean that the check cannot tell them apart, which `lint` reports.
    """
    if subject == EVERYTHING:
        return tuple(claims)
    ranks = {
        name: max((_rank(pattern) for pattern in patterns if fits(pattern, subject)), default=None)
        for name, patterns in claims.items()
    }
    best = max((rank for rank in ranks.values() if rank is not None), default=None)
    return tuple(name for name, rank in ranks.items() if rank is not None and rank == best)


def owning(subjects: Iterable[str], claims: Claims) -> set[str]:
    """Returns the claimed requirements that own something of these subjects."""
    return {name for subject in subjects for name in owners(subject, claims)}


def fits(pattern: str, subject: str) -> bool:
    """Returns whether a pattern fits a subject, or something that the subject is a part of."""
    if pattern.endswith("?") and not subject.endswith("?"):
        return False
    wanted, found = _steps(pattern), _steps(subject)
    pairs = zip(wanted, found, strict=False)
    return len(wanted) <= len(found) and all(one in ("*", other) for one, other in pairs)


def mistake(pattern: str) -> str:
    """Returns what is wrong with the form of a pattern; "" if nothing is."""
    try:
        kind, *_ = _steps(pattern)
    except ValueError:
        return "it is not a path such as status.podStatuses[*].podPhase"
    return "" if kind in KINDS else f"there is no kind {kind!r}; valid: {', '.join(sorted(KINDS))}"


def is_context(subject: str, step: Iterable[str], claims: Claims) -> bool:
    """Returns whether a step reads the subject only to find the moment for the rest.

    `step` has all subjects of the step. The task's phase is context if no claimed requirement owns
    it, and the step compares something that one owns.
    """
    others = [each for each in step if each != MOMENT]
    return (
        subject == MOMENT
        and not owners(subject, claims)
        and any(owners(each, claims) for each in others)
    )


def decide(
    claims: Claims,
    compared: Sequence[Sequence[str]],
    failed: int | None = None,
    wrong: Iterable[str] = (),
) -> dict[str, str]:
    """Returns PASS, FAIL or UNDECIDED for each claimed requirement of a check.

    `compared` has the subjects of each step; a Given or a When compares nothing. `failed` is the
    index of the step that ended the check, None if all steps passed. `wrong` has the subjects that
    mismatched in it, none if the step ended in an error.

    Without a failure, each requirement passes that owns something which was compared.
    A requirement fails if it owns a subject that mismatched. If none fails, the check failed only
    in its context, so all are undecided. Else the others pass if all their comparisons were made.
    """
    if failed is None:
        passed = owning(chain(*compared), claims)
        return {name: PASS if name in passed else UNDECIDED for name in claims}
    made, blamed = _read(compared[failed], wrong)
    guilty = owning(blamed, claims)
    not_made = set(compared[failed]).difference(made)
    waiting = owning(chain(not_made, *compared[failed + 1 :]), claims)
    return {name: _word(name, guilty, waiting) for name in claims}


def _word(name: str, guilty: set[str], waiting: set[str]) -> str:
    if name in guilty:
        return FAIL
    return UNDECIDED if not guilty or name in waiting else PASS


def _read(step: Sequence[str], wrong: Iterable[str]) -> tuple[Sequence[str], list[str]]:
    """Returns which subjects of a failed step were compared, and which of them are to blame.

    If the phase is wrong, the moment at which the rest is to be read never came.
    """
    mismatching = list(wrong) if step else []
    if MOMENT in mismatching and MOMENT in step:
        return [MOMENT], [MOMENT]
    return step, mismatching


def _rank(pattern: str) -> tuple[int, bool, int]:
    """Returns how precise a pattern is: long ones first, then `?`, then those without `[*]`."""
    steps = _steps(pattern)
    return len(steps), pattern.endswith("?"), sum(step != "*" for step in steps)


@cache
def _steps(text: str) -> Path:
    return path_from(text.removesuffix("?"))
