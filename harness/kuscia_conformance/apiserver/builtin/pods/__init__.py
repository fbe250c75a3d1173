"""Pods: their defaults, their validation, and what may be changed of one.

Comes in: a pod, before or after a write. Goes out: the same with defaults, or a list of
FieldErrors. `strategy` puts it together: `defaults` and `status` fill in, `validation` checks, with
`containers`, `probes`, `resources`, `scheduling` and `volumes`; `updates` compares with the pod
before; `qos` is its class. It must not know other kinds, but other kinds may use its parts.
"""
