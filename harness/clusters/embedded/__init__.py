"""`embedded`: a Kubernetes API server of our own, in memory, and simulated nodes.

It is a process (`process`), or part of one on a virtual clock (`clock`, `harness.virtual`). What
comes in is a `Request`, however it comes (`asgi` over HTTPS, `local` within the process):

    server       who asks; which part answers; the pace and the log of writes
    endpoints    paths about the server: discovery, OpenAPI, version, health
    resources    paths about objects: verbs; then `listing`, `watching`, `writing`, `deleting`
    subresources binding, eviction, tokens, reviews; `scaling`; `kubelets`, `sockets` for logs, exec
    store        objects, versions and their log; nothing is kept elsewhere
    registry     kinds and paths; `kinds` what there is to know of a kind
    cycles       how seldom Python looks for cycles meanwhile
    controllers  `collector` (garbage), `namespaces`, `establishing` (definitions), by `dues`

and pure, about objects alone:

    types        what a schema says about each place; made by `schema.build`
    schema       decoding, pruning, defaulting and validating
    definitions  what a CustomResourceDefinition may say, and what follows from it
    builtin      what Kubernetes' own kinds do beyond that
    patching     JSON, merge and strategic merge patches
    fields       managed fields and server-side apply
    protobuf     bodies of compiled clients
    views        discovery, OpenAPI, tables, partial metadata; from `data`, Kubernetes' own
    refusals     every no, worded as Kubernetes words it
"""
