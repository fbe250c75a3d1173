"""A cluster of the user's, by a kubeconfig: used on terms, and left as it was found.

Comes in: an `Address` and the nodes that the user names. Goes out: a `Cluster`, which is given back
at the end, or by `kuscia-conformance down` after a crash. `pool` chooses the nodes, `lease` keeps a
second run away, `definitions` installs what is missing and puts back what it replaced, `undo` takes
away what a run has made. It must not know other kinds of cluster.
"""
