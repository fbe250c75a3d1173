"""Handlers: carry out a request that the router has authenticated.

Comes in: the server, a target and a request. Goes out: an `Answer`, or a StatusError.

    endpoints      paths about the server itself: discovery, OpenAPI, version, health
    resources      the verbs: get, list, watch, create, update, patch, delete
    subresources   subresources with a handler of their own, tokens, access reviews
    scale          the subresource `scale` of every kind that has one
    pods           the log and exec of a pod

This room must not know how a request was carried.
"""
