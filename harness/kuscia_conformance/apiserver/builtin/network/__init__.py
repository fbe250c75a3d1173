"""Services, Endpoints and NetworkPolicies: their strategies.

Comes in: an object of these kinds. Goes out: the same with defaults, or a list of FieldErrors. It
must not know which pods there are: nothing here routes traffic.
"""
