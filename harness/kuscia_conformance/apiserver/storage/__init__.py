"""The server's memory: stores objects, reads lists, follows changes.

Comes in: keys, selectors, versions. Goes out: stored bytes, pages of a list, streams of changes.

    store       every collection, with the log of its changes
    list        reads one object, or a list page by page
    watch       follows a collection's log
    selectors   label and field selectors

This room must not know what objects mean.
"""
