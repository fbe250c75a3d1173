"""Kubernetes for the rest of the suite: objects, a client, a clock, and the names of Kuscia's API.

Comes in: a kubeconfig. Goes out: plain dictionaries, one per Kubernetes object.

    kubeconfig   where the API server is, and the credentials for it
    transport    what carries a request; `http` is the transport for real servers
    client       requests and watches, sent by a transport
    retries      which failed requests the client sends again
    socks        connections of `http` through a SOCKS5 proxy
    objects      resources, and small functions that read one object
    kuscia       resources, namespaces and labels of Kuscia
    placement    whether a node fits a pod
    world        time, tasks and watches, passed to code that must run on any clock
    workqueue    work queues for controllers
    yaml         reads the suite's own files

This package must not know which modules use it.
"""
