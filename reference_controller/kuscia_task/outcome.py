"""The state of the parties and of the task: `partyTaskStatus`, and its end (kusciatask.md 3.2).

The phase of a party follows from its pods and its minReservedPods. The end of the task follows
from its parties and its minReservedMembers.
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
    """Returns the `partyTaskStatus` entry of a party of the group (KT-052).

    `known` is its stored entry; one that is Succeeded or Failed never changes. `entries` are the
    `podStatuses` entries of all pods, and `pods` the pods that exist.
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
    """Returns the entry of a party in another cluster, as stored by others (KT-052, KT-181)."""
    return {"phase": "Pending", **(known or identity_of(party))}


def _party_phase(phases: Sequence[str], need: int) -> str:
    if need > len(phases) - phases.count("Failed"):
        return "Failed"
    if phases.count("Succeeded") >= need:
        return "Succeeded"
    return "Running" if "Running" in phases else "Pending"


def _pod_class(entry: Obj, pod: Obj | None) -> str:
    """Returns Succeeded, Failed, Running or Pending. An unknown phase counts as Failed (KT-053)."""
    phase: str = entry["podPhase"]
    if phase in ENDED:
        return phase
    if phase not in ("Pending", "Running") or (pod and is_hopeless(pod)):
        return "Failed"
    return phase


def is_hopeless(pod: Obj) -> bool:
    """Returns whether the pod waits for a reason that hardly ever ends by itself (KT-054).

    The first container that waits decides. A failing image pull counts only after more than
    `_PULLS` restarts; until then the next container decides.
    """
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
    """Returns the name of the party in messages: `<domain>-<role>`, or `<domain>` (KT-057)."""
    return f"{party['domainID']}-{party['role']}" if party.get("role") else str(party["domainID"])


@dataclass(frozen=True)
class Tally:
    """The parties' entries, and how many of them have to succeed: `need` (KT-055, KT-056)."""

    entries: tuple[Obj, ...]
    need: int

    @property
    def by_phase(self) -> dict[str, list[str]]:
        """The names of the parties (`party_key`) by phase."""
        keys = defaultdict(list)
        for entry in self.entries:
            keys[entry["phase"]].append(party_key(entry))
        return dict(keys)

    @property
    def failures(self) -> dict[str, str]:
        """The message of each failed party, by the name of the party (`party_key`)."""
        failed = (entry for entry in self.entries if entry["phase"] == "Failed")
        return {party_key(entry): entry["message"] for entry in failed if entry.get("message")}

    @property
    def left(self) -> int:
        """How many parties have not failed."""
        return len(self.entries) - len(self.by_phase.get("Failed", ()))

    @property
    def is_lost(self) -> bool:
        """Whether the task can no longer succeed (KT-055)."""
        return self.need > self.left

    @property
    def is_won(self) -> bool:
        return len(self.by_phase.get("Succeeded", ())) >= self.need


def closed_pod(entry: Obj, phase: str) -> Obj:
    """Returns a pod's entry at the end of its task: never Pending or Running (VW-19).

    `phase` is the final phase of the task. A pod that had not ended becomes Failed.
    """
    if entry["podPhase"] in ENDED:
        return entry
    explained = {"reason": str(Reason.TASK_ENDED), "message": _ended_with(phase, "pod"), **entry}
    return {**explained, "podPhase": "Failed"}


def closed_party(entry: Obj, phase: str) -> Obj:
    """Returns a party's entry at the end of its task: never Pending or Running (VW-19)."""
    if entry.get("phase") in ENDED:
        return entry
    return {"message": _ended_with(phase, "party"), **entry, "phase": "Failed"}


def _ended_with(phase: str, what: str) -> str:
    verb = "failed" if phase == "Failed" else "succeeded"
    return f"The task {verb} before the {what} had ended"
