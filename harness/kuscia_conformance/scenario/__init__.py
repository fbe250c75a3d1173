"""One scenario while it runs: the parts that its steps call.

Comes in: a check, its fixture files, an environment. Goes out: a pass or a failure, and the events
that were seen. A `Scenario` holds the parts of one scenario, and a step calls one of them:

    domains       creates namespaces and borrows nodes
    applied       creates tasks and other objects
    controller    kills and starts the controller under test
    history       has everything that was seen, in the scenario's own names
    expectations  waits for something, or fails the check

    recording     writes each step to the evidence, and restores it in a replay
    lifecycle     creates a Scenario, cleans up after it, and writes its events
    names         translates between the feature's names and those in the cluster
    capacity      computes the room of nodes
    failure, timeline, blame   write the text of a failure

The room `observed` decides what the words of a feature mean, given a history. This room must not
know pytest's session, the report, or how a cluster is created.
"""
