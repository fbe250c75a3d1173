"""Allocates a number for each port of each pod (kusciatask.md section 6.5).

A number that the template declares is used unchanged (VW-12). The other numbers come from the range
FIRST to LAST, and are unique in their domain. The status keeps them in `allocatedPorts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from kuscia_conformance.kube.objects import Obj, name_of, namespace_of
from reference_controller.kuscia_task.parties import Kit
from reference_controller.kuscia_task.reasons import Missing, Reason

FIRST, LAST = 20000, 32766

#: Port numbers by domain and `<pod>/<port>`, the key that `namedPort` of the status uses.
Numbers = Mapping[tuple[str, str], int]


def allocate(
    task_uid: str, kits: Sequence[Kit], taken: Mapping[str, Iterable[int]], known: Numbers
) -> list[Obj]:
    """Returns the `allocatedPorts` of the status, one entry for each kit.

    `taken` are the numbers in use, by domain. `known` are numbers that were allocated before; they
    are kept. The task's uid decides where in the range to begin. So tasks that are allocated at the
    same time hardly ever get the same numbers. Raises Missing if the range is used up.
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
    """Returns the numbers that `allocatedPorts` of a status contains."""
    return {
        (entry["domainID"], name): number
        for entry in allocated
        for name, number in (entry.get("namedPort") or {}).items()
    }


def numbers_of(pods: Iterable[Obj]) -> Numbers:
    """Returns the numbers of the named container ports of existing pods."""
    return {
        (str(namespace_of(pod)), f"{name_of(pod)}/{port['name']}"): port["containerPort"]
        for pod in pods
        for container in pod["spec"]["containers"]
        for port in container.get("ports") or ()
        if port.get("name")
    }
