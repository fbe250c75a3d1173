"""Services, Endpoints, EndpointSlices and NetworkPolicies: their strategies.

Comes in: an object of these kinds. Goes out: the same object with defaults, or a list of
FieldErrors. It must not know which pods exist: nothing here routes traffic.
"""
