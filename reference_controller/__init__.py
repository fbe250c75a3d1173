"""A controller of KusciaTask that is written to be read. Its transition tables specify it.

Four machines share one runtime:

    kuscia_task           a task, its pods, services, config maps and its group
    task_resource_group   the rounds in which the parties of a task reserve together
    task_resource         the reservation of one party
    co_scheduler          the nodes of one domain

Each machine is a folder with `seen.py` (what a decision may depend on), `transitions.py` (one
function for each transition, and the table of them), `controller.py` (how that is read from the
cache) and pure helpers. Only `runtime.py`, `perform.py` and `leader.py` send requests or wait,
and only through the `kube.world.World` that is passed to them. `server.py` starts the process.
"""

from reference_controller.lease import Election
from reference_controller.server import Options, main

__all__ = ["Election", "Options", "main"]
