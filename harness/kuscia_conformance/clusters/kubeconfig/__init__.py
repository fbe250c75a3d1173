"""`--cluster kubeconfig`: a cluster of the user's, whose state is restored after a run.

Comes in: an `Address`, and the nodes that the user names. Goes out: a `Cluster`. Its state is
restored at the end of the run; after a crash by `kuscia-conformance down`, or by the next run.
This package must not know other kinds of cluster.

    provider     the context manager that uses the other modules, in order
    lease        keeps a second run from using the cluster at the same time
    pool         chooses the nodes
    definitions  installs missing resource definitions, and restores those that it has replaced
    undo         deletes what a run has made, and takes back what it has changed
"""
