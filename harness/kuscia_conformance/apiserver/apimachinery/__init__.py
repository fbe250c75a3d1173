"""The vocabulary of all rooms of the server: kinds, types, requests, errors.

Comes in: only values. Goes out: frozen data and small functions.

    kinds           a kind in one version, and its strategy
    registry        the kinds that are served, and the meaning of a path
    types           what a schema says about each place of an object
    request         a request and its answer
    status_errors   every refusal, in Kubernetes' words
    quantities      what `100m` and `2Gi` mean, and how the server writes them
    go_text         values in messages, printed as Go prints them

This room must not know any other room.
"""
