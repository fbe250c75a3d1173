"""Creating, changing and deleting objects: what all kinds have in common.

Comes in: a target, an object or a patch, and options. Goes out: what was written, or a StatusError.
`decoding` and `options` read a request, `identity` and `bodies` check the body, `writer` prepares
and commits it, `status_strategy` says what a subresource may write, `delete` deletes. It must not
know which form the client wants the answer in.
"""
