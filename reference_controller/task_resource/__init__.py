"""The TaskResource machine: the reservation of one party, from Reserving to Schedulable or Failed.

The co-scheduler finds the nodes and moves a TaskResource to Reserved. This machine follows the
phase of the group, and releases a reservation that was held for too long. `changes` builds the
patches for all changes of phase; the co-scheduler and the group's machine use them, too.
"""
