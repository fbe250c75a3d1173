"""The embedded cluster: our API server and simulated nodes, in a process or within this one.

Comes in: a folder, a port, a number of nodes. Goes out: a kubeconfig, by which the cluster answers.
`provider` is `--cluster embedded`, `process` what `python -m` runs here, `nodes` the part that a
run on a virtual clock uses, too. It must not know runs or scenarios.
"""
