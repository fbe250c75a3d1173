"""The server's own controllers: they write in reaction to other writes.

Comes in: the changes of the store. Goes out: further writes.

    garbage_collector   deletes objects that have lost their owners
    namespaces          empties deleted namespaces, and creates the default service accounts
    definitions         serves the kinds of CustomResourceDefinitions
    endpoints           keeps the Endpoints and EndpointSlices of services with a selector

Each has two methods. `watch` is called by the store for every change, and puts what the change
affects into a work queue. `run` processes the queue. The controllers must not know requests.
"""
