"""The environment of a run: its settings, a cluster, and the controller under test.

Comes in: the user's options. Goes out: an `Environment`, which the run can hand to its other
processes, and a `Connection`, with which steps send requests and see what has happened.

    settings         reads and checks the options; no other module looks at them
    combinations     refuses options that do not go together, or have no effect
    processes        creates the cluster and starts the controller in processes of their own
    virtual          does the same within this process, on the clock of `virtual_clock`
    spinning         ends a controller that never rests, on the virtual clock
    remains          removes what a run has made, at its end or after it was killed
    signals          lets signals end a run, and not disturb its end
    background       keeps an environment between runs, for `up`, `down` and `--reuse`
    model            describes an environment as plain data
    facts            what a report says of a run: when, where, of what, with which options
    connection       sends requests that block, and watches the cluster
    liveness         notices that the API server does not answer any more
    journal          stores every version of every object that the watches have seen
    controllers      starts, kills and restarts the controller under test
    setup_manifests  creates what `--setup` names; reads `--task-defaults`

It must not know features, scenarios or pytest.
"""
