"""Decides what the words of a feature mean, by what the scenario has seen.

Comes in: a `Scenario`, and words of a step. Goes out: what was found, or a failure of the check.

    pods          which pods the words mean, and their states
    inside        a file in pods; telling them to end
    statuses      a task's status: documents, phases, conditions, the table of kubectl
    rules         rules that every change of a status keeps
    reservations  groups and task resources
    moments       when something happened, and in which order
    services      the services of a domain, and the pods to which each leads

Steps call these functions and share them, instead of importing one another. Each module also has
the regular expressions for its words, from which the steps build their patterns. This room must not
know how a scenario begins or ends.
"""
