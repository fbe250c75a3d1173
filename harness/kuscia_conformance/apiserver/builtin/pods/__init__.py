"""Pods: their defaults, their validation, and which fields of a pod may change.

Comes in: a pod, before or after a write. Goes out: the same pod with defaults, or a list of
FieldErrors. It must not know other kinds, but other kinds may use its modules.

| strategy             | the entry: puts the others together, and binds a pod to a node       |
| defaults, status     | fill in what is missing in spec and status                           |
| validation           | checks spec and status, with containers, probes, resources,          |
|                      | scheduling and volumes                                               |
| updates              | compares a spec with the one before                                  |
| qos                  | computes the quality-of-service class                                |
"""
