"""What a container has printed, or why there is nothing to be had, in the kubelet's words."""

from __future__ import annotations

from kuscia_conformance.simulated_nodes.containers import Running, Seen, Terminated, Waiting

_WHY = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def log(pod: str, name: str, seen: Seen | None) -> str:
    """What a pod's container of that name has printed in its latest run, until now.

    LookupError if it has not run yet; None is one that its kubelet knows nothing of.
    """
    container = f'container "{name}" in pod "{pod}"'
    if seen is None:
        raise LookupError(f"{container} is not available")
    state = seen.container.state
    run = seen.container.last if isinstance(state, Waiting) else state
    match run:
        case Running(since):
            return seen.program.printed(seen.now - since)
        case Terminated(started_at=begun, finished_at=over):
            return seen.program.printed(over - begun) if begun else ""
    reason = state.reason if isinstance(state, Waiting) else ""
    raise LookupError(f"{container} is waiting to start: {_WHY.get(reason, reason)}")
