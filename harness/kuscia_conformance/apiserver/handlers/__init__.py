"""What requests ask for, and which part of the server does it.

Comes in: the server, a target and a request. Goes out: an `Answer`, or a StatusError. `resources`
has the verbs, `subresources` and `scale` what lies below an object, `pods` the log and exec of a
pod, `endpoints` the paths about the server itself. It must not know how a request was carried.
"""
