"""The co-scheduler: finds room for a party's pods together, holds it, and binds.

It looks at one domain at a time. `fit` is the arithmetic of room, `seen` the snapshot with
the ledger of what is held, `transitions` the decisions. All holds stand in the API (the
reservation of each TaskResource), so that a restart forgets none.
"""
