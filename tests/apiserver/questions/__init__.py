"""Requests that kube-apiserver and the embedded server must answer in the same way.

`asked/TOPIC.yaml` has the questions, one per YAML document. `answers/QUESTION.yaml` has the
recorded answers of kube-apiserver. `given/` has the definitions of the custom kinds that the
questions use. `differences.yaml` lists where the embedded server answers differently, and why.

A question has a name and a list of steps:

    question: a-stale-version-is-refused
    steps:
      - given: POST configmaps              # must succeed; its answer is not compared
        as: made                            # the name of the answer for later steps
        body: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
      - request: PUT configmaps/a           # its answer is compared
        body: ${made}                       # an earlier answer, or a part: ${made.metadata.uid}
        but: {metadata.resourceVersion: "1"}     # replaces these fields; null removes one
      - watch: GET configmaps?watch=1&resourceVersion=${made.metadata.resourceVersion}
        until: 1                            # a number of events, `end`, {object.metadata.name: a}

A path without a leading slash belongs to the core group in the question's own namespace,
`${namespace}`, which has the question's name. Other fields of a step:

* `type`: the content type: merge, json, strategic, apply, or a full media type.
* `accept`, `headers`: the Accept header, and further headers.
* `raw` instead of `body`: a text that is sent unchanged.
* `padded: {data.a: 70000}`: puts that many letters at the path.
* `nested: 20000`: sends a body of that many nested lists.
* `token`: replaces the kubeconfig's token; null sends no token.
* `only`: compares only these parts of the body; `items.metadata.name` means those of all items.
* `await: 200`: repeats the request until the answer has this status.
* `background: true`: starts the watch here; a later step `read: NAME` reads it.

`clean` of a question lists the paths of the objects that it creates outside its namespace.
"""
