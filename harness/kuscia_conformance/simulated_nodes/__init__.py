"""Nodes without machines: Node objects, and a kubelet for each that runs no container.

Comes in: a `World`, and the pods that are bound to its nodes. Goes out: the status of these pods.
It must not know KusciaTask.

To everybody else they look like nodes: a pod bound to one is admitted or refused, is created,
runs, becomes ready and ends, as its command says and as a real kubelet would report it
(`tests/recorded/` holds what a real one reports). It talks to the API server alone, and takes
its time from a `World`.

    python -m kuscia_conformance.simulated_nodes --kubeconfig FILE [--nodes 4]

Pure, from the outside in:

    lifecycle    the stages of a pod; what becomes of it at a moment, and when to look again
    containers   the same for one container: pulled, started, ended, restarted, stopped
    admission    whether a pod fits on a node, or why not, in the kubelet's words
    images       whether an image can be pulled
    references   the config maps and secrets that a pod needs
    workload     what a container's command does and prints, as far as one can tell
    shell        the part of a shell's language that is understood
    output       what a container has printed, as its log
    surroundings the variables and the mounted files that a container sees
    inside       what others run in a container, and what comes of it
    status       all this as a Pod's status
    nodes        Node and Lease documents

Doing: `kubelet` (watches, timers, patches) and `__main__` (the process).

What is simulated by convention: every image is the suite's workload image, except that one
whose name holds `no-such-image` cannot be pulled, and every file exists except those under
`/no/such/`. Not simulated: init containers, volumes other than config maps and secrets, liveness,
host ports, and of commands that are run in a container all but a few (`inside`). A simulator that
is started again starts again what runs.
"""
