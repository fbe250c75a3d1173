"""The KusciaTask machine: from a task's spec to its parties' pods, and from the pods to its status.

`transitions.py` is the specification: the table, and what each transition decides. `seen.py` is
what the transitions look at, and `controller.py` reads that from the cache. The other modules are
pure helpers:

    what a task needs      parties, templates, ports, plan
    the objects for it     pods, services, configuration, group; naming for their names
    its status             status (pods, services), outcome (parties, task)
    repair of its status   mending (what other clients have written into it)
    why it is so           reasons (every reason, and nearly every message)
"""
