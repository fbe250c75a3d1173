"""The log of a container, or the kubelet's words for why there is nothing yet."""

from __future__ import annotations

from kuscia_conformance.simulated_nodes.containers import Running, Seen, Terminated, Waiting

_WHY = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def log(pod: str, name: str, seen: Seen | None) -> str:
    """Returns what the pod's container of that name has printed in its latest run, until now.

    Raises LookupError if the container has not run yet, and if the kubelet does not know it (then
    `seen` has to be None).
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
