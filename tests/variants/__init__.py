"""Runs the checks against variants of the reference controller: `python -m tests.variants`.

A variant is the reference controller with one switch for one freedom that the requirements leave:
other names, other texts, another order, other times. It keeps every promise, so every check has to
pass. A check that fails asks for more than the requirements promise, or the variant breaks one:
then the check is relaxed, or the variant is removed.

    catalogue   what a variant is, and how the functions below replace pieces of the controller
    texts       reasons, messages and logs
    statuses    what a status shows beyond what it has to, when, and in which order
    writes      in which order, how fast and in how many steps things are written
    times       when the controller looks, binds, and cleans up
    objects     pods, services and config maps: names, labels, fields, how long they stay
    finalizers  a task that is gone only when all that it brought is gone
    database    TaskResourceGroups and TaskResources that no API server knows
    runs        runs the checks against variants and combinations of them, in forks
"""
