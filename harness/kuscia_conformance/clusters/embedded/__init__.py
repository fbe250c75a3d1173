"""The embedded cluster: our API server and simulated nodes, without Docker or other programs.

Comes in: a folder, a port, a number of nodes. Goes out: the kubeconfig of a cluster that answers.
This package must not know runs or scenarios.

    provider   `--cluster embedded`: the cluster as a child process of a run
    process    the program of that child process; `kuscia-conformance serve` runs it, too
    nodes      server and nodes within one process; runs on a virtual clock use it, too
    gc_tuning  makes Python collect garbage rarely, as suits a server
"""
