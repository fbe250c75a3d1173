"""One scenario while it runs: everything that its steps ask for.

Comes in: a check, its files, an environment. Goes out: passes and failures, and the events that
were seen. A `Scenario` has parts, and a step calls one of them:

    lifecycle     from the names and locks to the events that are written at the end
    domains       namespaces and borrowed nodes             capacity    the room of nodes
    applied       tasks and other objects that were made    controller  killed and started
    history       what was seen, in the scenario's names    names       and those of the cluster
    expectations  waiting and failing                       failure     the text of a failure
    timeline      what happened, second by second           blame       who wrote a field last

What a feature's words mean by what was seen is in the room `observed`. This one must not know
pytest's session, the report, or how a cluster is made.
"""
