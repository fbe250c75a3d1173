"""What is asked of kube-apiserver and of the embedded server, and has to be answered alike.

`asked/TOPIC.yaml` has the questions, one a document; `answers/QUESTION.yaml` has what
kube-apiserver answered. `given/` has the custom kinds that they ask about. `differences.yaml`
lists what the embedded server answers differently, and why.

A question is its name and its steps, in their order:

    question: a-stale-version-is-refused
    steps:
      - given: POST configmaps              # has to succeed, and its answer is not compared
        as: made                            # the name of the answer for later steps
        body: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
      - request: PUT configmaps/a           # its answer is compared
        body: ${made}                       # an earlier answer, or a part: ${made.metadata.uid}
        but: {metadata.resourceVersion: "1"}     # changed so; null takes a field away
      - watch: GET configmaps?watch=1&resourceVersion=${made.metadata.resourceVersion}
        until: 1                            # so many events, `end`, or {object.metadata.name: a}

A path without a slash before it is of the core group in the question's own namespace,
`${namespace}`, which has the question's name. Further fields of a step:

* `type`: the content type: merge, json, strategic, apply, or a whole one. `accept`, `headers`.
* `raw` instead of `body`: sent as it stands. `padded: {data.a: 70000}`: so many letters there;
  `nested: 20000`: a body of so many lists within each other.
* `token`: another one than the kubeconfig's; null is none.
* `only`: the parts of the answer's body that are compared, `items.metadata.name` for those of all.
* `await: 200`: ask again until the status is this.
* `background: true`: the watch begins here and is read by a later step, `read: NAME`.

`clean` of a question lists the paths of what it makes outside of its namespace.
"""
