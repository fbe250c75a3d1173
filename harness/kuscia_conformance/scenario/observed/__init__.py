"""What the words of a feature mean, by what was seen: pods, statuses, reservations, services.

Comes in: a `Scenario`, and words of a step. Goes out: what was found, or a failure. Steps call
these functions, and share them instead of importing one another.

    pods          which are meant, what they have been, telling them to end
    statuses      documents, phases, conditions, kubectl's table    rules    kept by every change
    reservations  groups and task resources                         moments  when things happened
    services      which there are, and to which pods each leads

It must not know how a scenario begins or ends.
"""
