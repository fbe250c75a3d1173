"""The KusciaTask machine: from a task's spec to its parties' pods, and from those to its status.

`transitions.py` is the specification: the table, and what each transition decides. `seen.py` is
what they look at, `controller.py` how that is read. The rest are pure helpers: what a task needs
(`parties`, `templates`, `ports`, `plan`), the objects made of that (`pods`, `services`,
`configuration`, `group`, with the names of `naming`), and the status (`status` for pods and
services, `outcome` for parties and the task, `mending` for what others wrote into it, `reasons` for
why: every reason and nearly every message).
"""
