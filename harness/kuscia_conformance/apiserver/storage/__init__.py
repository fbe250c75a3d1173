"""What the server keeps, and how it is read: the store, lists, watches, selectors.

Comes in: keys, selectors, versions. Goes out: stored bytes, pages, streams of changes. `store`
keeps every collection with the log of its changes, `list` reads pages, `watch` follows the log,
`selectors` select. It must not know what objects mean.
"""
