"""What a run stands on: settings, a cluster, the controller under test, and watches on both.

Comes in: the choices of the user. Goes out: an `Environment`, which other processes of the run can
be given, and a `Connection`, by which steps ask the API server and see what happens.

    settings      read once; nothing else looks at options
    processes     makes cluster and controller; `virtual` does so on a virtual clock
    model         what was made, as data               background  one that stays, for `--reuse`
    connection    requests that block, and the journal of what the watches have seen
    controllers   the controller under test            setup_manifests  what it wants to find

It must not know features, scenarios or pytest.
"""
