"""The TaskResource machine: one party's reservation, from Reserving to Schedulable or Failed.

The co-scheduler reserves; this machine follows the group, and lets go of what is held too long.
"""
