"""How far the parties and the task are: `partyTaskStatus`, and who wins (kusciatask.md 3.2).

A party is judged by its pods, the task by its parties, each against its minimum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kuscia_conformance.kube.objects import Obj, condition_of
from reference_controller.kuscia_task.parties import identity_of
from reference_controller.kuscia_task.reasons import Reason
from reference_controller.kuscia_task.status import ENDED, exit_codes

#: What a container that waits so will hardly ever get out of by itself (KT-054).
_HOPELESS = frozenset(
    {
        "CrashLoopBackOff",
        "ImageInspectError",
        "ErrImageNeverPull",
        "RegistryUnavailable",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CreateContainerError",
        "PreStartHookError",
        "PostStartHookError",
    }
)
_PULLING = frozenset({"ErrImagePull", "ErrImagePullBackOff"})
_PULLS = 3

#: Statuses or pods by key: `<namespace>/<name>`.
ByKey = Mapping[str, Obj]


def party_entry(known: Obj | None, party: Obj, entries: ByKey, pods: ByKey) -> Obj:
    """The `partyTaskStatus` of a party of the group; once it has ended it stays (KT-052).

    `entries` are the pods' statuses, `pods` the pods that there are.
    """
    if known and known.get("phase") in ENDED:
        return known
    keys = [f"{party['domainID']}/{pod['name']}" for pod in party.get("pods") or ()]
    phases = {key: _pod_class(entries[key], pods.get(key)) for key in keys}
    need = party.get("minReservedPods") or len(keys)
    phase = _party_phase(list(phases.values()), need)
    entry = {**identity_of(party), "phase": phase}
    if phase == "Failed":
        failed = [key for key in keys if phases[key] == "Failed"]
        entry["message"] = _why_failed(failed, need, len(keys), entries, pods)
    return entry


def partner_entry(known: Obj | None, party: Obj) -> Obj:
    """Of a party in another cluster: what others have written of it (KT-052, KT-181)."""
    return {"phase": "Pending", **(known or identity_of(party))}


def _party_phase(phases: Sequence[str], need: int) -> str:
    if need > len(phases) - phases.count("Failed"):
        return "Failed"
    if phases.count("Succeeded") >= need:
        return "Succeeded"
    return "Running" if "Running" in phases else "Pending"


def _pod_class(entry: Obj, pod: Obj | None) -> str:
    """Succeeded, Failed, Running or Pending; an unknown phase counts as failed (KT-053)."""
    phase: str = entry["podPhase"]
    if phase in ENDED:
        return phase
    if phase not in ("Pending", "Running") or (pod and is_hopeless(pod)):
        return "Failed"
    return phase


def is_hopeless(pod: Obj) -> bool:
    """Whether the first container that waits does so for a reason that lasts (KT-054)."""
    if (condition_of(pod, "ContainersReady") or {}).get("status") != "False":
        return False
    for container in pod["status"].get("containerStatuses") or ():
        waiting = (container.get("state") or {}).get("waiting")
        if waiting and waiting.get("reason") in _PULLING:
            if container.get("restartCount", 0) > _PULLS:
                return True
        elif waiting:
            return waiting.get("reason") in _HOPELESS
    return False


def _why_failed(failed: Sequence[str], need: int, total: int, entries: ByKey, pods: ByKey) -> str:
    if not failed:
        return f"minReservedPods is {need}, but the party has {total} pods"
    return "; ".join(_why_pod_failed(entries[key], pods.get(key)) for key in failed)


def _why_pod_failed(entry: Obj, pod: Obj | None) -> str:
    codes = "".join(f", exit code {code}" for code in (exit_codes(pod) if pod else ())[:1])
    detail = entry.get("terminationLog") or entry.get("message")
    why = f"{entry.get('reason', 'unknown')}{codes}"
    return f"pod {entry['podName']} failed: {why}" + (f", {detail}" if detail else "")


def party_key(party: Obj) -> str:
    """How messages call a party (KT-057)."""
    return f"{party['domainID']}-{party['role']}" if party.get("role") else str(party["domainID"])


@dataclass(frozen=True)
class Tally:
    """The parties, counted against the group's minReservedMembers (KT-055, KT-056)."""

    entries: tuple[Obj, ...]
    need: int

    @property
    def by_phase(self) -> dict[str, list[str]]:
        keys = defaultdict(list)
        for entry in self.entries:
            keys[entry["phase"]].append(party_key(entry))
        return dict(keys)

    @property
    def failures(self) -> dict[str, str]:
        """Why each party has failed that has."""
        failed = (entry for entry in self.entries if entry["phase"] == "Failed")
        return {party_key(entry): entry["message"] for entry in failed if entry.get("message")}

    @property
    def left(self) -> int:
        return len(self.entries) - len(self.by_phase.get("Failed", ()))

    @property
    def is_lost(self) -> bool:
        return self.need > self.left

    @property
    def is_won(self) -> bool:
        return len(self.by_phase.get("Succeeded", ())) >= self.need


def closed_pod(entry: Obj, phase: str) -> Obj:
    """The entry of a pod whose task has ended in that phase: never Pending or Running (VW-19)."""
    if entry["podPhase"] in ENDED:
        return entry
    explained = {"reason": str(Reason.TASK_ENDED), "message": _ended_with(phase, "pod"), **entry}
    return {**explained, "podPhase": "Failed"}


def closed_party(entry: Obj, phase: str) -> Obj:
    if entry.get("phase") in ENDED:
        return entry
    return {"message": _ended_with(phase, "party"), **entry, "phase": "Failed"}


def _ended_with(phase: str, what: str) -> str:
    verb = "failed" if phase == "Failed" else "succeeded"
    return f"The task {verb} before the {what} had ended"
