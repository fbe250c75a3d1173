"""The co-scheduler: finds nodes for the pods of a party together, holds room, and binds the pods.

The pods of a party and their TaskResource are a *gang*. A *hold* is room on a node that is kept
for a pod. The co-scheduler looks at one domain at a time: `seen` is the snapshot of a domain, with
the room that is free after all bound pods and all holds; `fit` is the arithmetic of room;
`transitions` are the decisions. All holds are in the API (the reservation annotation of each
TaskResource), so a restart forgets none.
"""
