"""A Kubernetes API server of our own, in memory: a library that knows nothing of KusciaTask.

Comes in: a `Request`, over HTTPS or within the process (`http`). Goes out: an `Answer`, or a stream
of them for a watch. It answers as kube-apiserver does in what controllers and kubectl rely on; that
is tested against a real one. It starts no process and has no nodes: `clusters.embedded` does that.
It imports `kube` and nothing else of ours, and must not know `kube.kuscia`.

The README beside this has the path of a request and the rooms.
"""
