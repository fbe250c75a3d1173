"""What every room of the server speaks of: kinds, types, requests, errors.

Comes in: nothing but values. Goes out: the vocabulary, as frozen data. `kinds` is a kind and its
strategy, `registry` which kinds there are and what a path means, `types` what a schema says of each
place, `request` a request and its answer, `status_errors` every refusal, worded as Kubernetes words
it, `go_text` how Go prints values into messages. It must not know any other room.
"""
