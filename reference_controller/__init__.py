"""A controller of KusciaTask, written for reading: its transition tables are its specification.

Four machines (`kuscia_task`, `task_resource_group`, `task_resource`, `co_scheduler`) over one
runtime. Each has `seen.py` (what is looked at), `transitions.py` (one function for each
transition, and the table of them) and pure helpers. Only `runtime.py`, `perform.py` and
`leader.py` touch the world, and only through the injected `kube.world.World`; `server.py` makes a
process of it.
"""

from reference_controller.lease import Election
from reference_controller.server import Options, main

__all__ = ["Election", "Options", "main"]
