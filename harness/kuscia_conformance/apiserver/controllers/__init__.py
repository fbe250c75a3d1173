"""The server's own controllers: what happens by itself after a write.

Comes in: the store's changes. Goes out: further writes. `garbage_collector` deletes what has lost
its owners, `namespaces` empties those that are deleted, `definitions` serves the kinds of
CustomResourceDefinitions. They must not know requests.
"""
