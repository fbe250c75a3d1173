"""Nodes without machines: Node objects, each with a kubelet that does not run real containers.

Comes in: a `World`, and the pods that are bound to its nodes. Goes out: the status of these pods.
This package must not know KusciaTask.

Other clients see ordinary nodes. A pod that is bound to one is admitted or refused, created, runs,
becomes ready and ends, as its command says. Its status is what a real kubelet would report
(`tests/recorded/` has the recordings). The package talks only to the API server, and
takes the time from a `World`.

    python -m kuscia_conformance.simulated_nodes --kubeconfig FILE [--nodes 4]

These modules have no effects: they compute what a kubelet would do.

    lifecycle    the stages of a pod: what happens at a given time, and when to look again
    containers   the same for one container: pulled, started, ended, restarted, stopped
    tempo        how long the steps of a pod take
    admission    whether a pod fits on a node; if not, why, in the kubelet's words
    images       whether an image can be pulled
    references   the config maps and secrets that a pod needs
    workload     what a container's command does and prints, if it is understood
    shell        the part of the shell's language that is understood
    output       a container's log
    surroundings the variables and the mounted files that a container sees
    inside       commands that clients run in a container (`exec`), and their effects
    status       all of this as the status of a Pod
    nodes        Node and Lease documents

`kubelet` carries it out (watches, timers, patches). `__main__` is the process. `exit_order` tells
a container how to end, on simulated and on real nodes.

Conventions: every image counts as the suite's workload image, but an image whose name contains
`no-such-image` cannot be pulled. Every file exists, except those under `/no/such/`.
Not simulated: init containers, volumes other than config maps and secrets, liveness probes, host
ports, and most commands for `exec` (`inside` has the list). When the simulator itself is started
again, it starts the running containers again.
"""
