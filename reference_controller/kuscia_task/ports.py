"""Which number each port of each pod gets (kusciatask.md section 6.5).

A number that the template declares is used as it is (VW-12). The others come from a range of
their own, and are unique in their domain. `allocatedPorts` of the status keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from kuscia_conformance.kube.objects import Obj, name_of, namespace_of
from reference_controller.kuscia_task.parties import Kit
from reference_controller.kuscia_task.reasons import Missing, Reason

FIRST, LAST = 20000, 32766

#: By domain and `<pod>/<port>`, as `namedPort` has it.
Numbers = Mapping[tuple[str, str], int]


def allocate(
    task_uid: str, kits: Sequence[Kit], taken: Mapping[str, Iterable[int]], known: Numbers
) -> list[Obj]:
    """The `allocatedPorts` of the status.

    `taken` are the numbers in use, by domain; `known` were allocated before, and stay.
    The task's uid decides where in the range to begin, so that tasks which are allocated
    at the same moment hardly ever meet. Raises Missing if the range is used up.
    """
    known = {name: number for name, number in known.items() if FIRST <= number <= LAST}
    used = {kit.domain: set(taken.get(kit.domain, ())) for kit in kits}
    for kit in kits:
        used[kit.domain].update(port.number for port in kit.ports if port.number)
    for (domain, _), number in known.items():
        used.get(domain, set()).add(number)
    return [_entry(task_uid, kit, used[kit.domain], known) for kit in kits]


def _entry(task_uid: str, kit: Kit, used: set[int], known: Numbers) -> Obj:
    named = {}
    for pod in kit.pods:
        for port in kit.ports:
            name = f"{pod}/{port.name}"
            number = port.number or known.get((kit.domain, name))
            named[name] = number or _free(task_uid, kit.domain, used)
            used.add(named[name])
    return {**kit.identity, **({"namedPort": named} if named else {})}


def _free(task_uid: str, domain: str, used: set[int]) -> int:
    span = LAST - FIRST + 1
    start = int(sha256(task_uid.encode()).hexdigest(), 16) % span
    for offset in range(span):
        number = FIRST + (start + offset) % span
        if number not in used:
            return number
    raise Missing(Reason.NO_FREE_PORT, f"all {span} ports of domain {domain} are allocated")


def numbers(allocated: Iterable[Obj]) -> Numbers:
    """What a status' `allocatedPorts` says."""
    return {
        (entry["domainID"], name): number
        for entry in allocated
        for name, number in (entry.get("namedPort") or {}).items()
    }


def numbers_of(pods: Iterable[Obj]) -> Numbers:
    """What the pods that there are have been given."""
    return {
        (str(namespace_of(pod)), f"{name_of(pod)}/{port['name']}"): port["containerPort"]
        for pod in pods
        for container in pod["spec"]["containers"]
        for port in container.get("ports") or ()
        if port.get("name")
    }
