"""A Kubernetes API server in memory, written for this suite.

Comes in: a `Request`, over HTTPS or from within the process (`http`). Goes out: an `Answer`, which
is a stream of events for a watch. The server behaves like kube-apiserver in everything that
controllers and kubectl rely on; tests compare it with recorded answers of a real server.

It starts no process and has no nodes: `clusters.embedded` adds those. It imports only `kube`, and
must not know `kube.kuscia` or KusciaTask.

The README in this folder describes the rooms and the path of a request through them.
"""
