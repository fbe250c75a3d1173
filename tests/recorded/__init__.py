"""What the real kubelet says about some pods, so that the simulated one can be held against it.

`pods/NAME.yaml` is a pod, what happens to it (`do`) and when it has been watched for long
enough (`until`). `seen/NAME.yaml` is what a watch of it saw on a kind cluster: one document
an event, normalised by `facts`. To make the recordings again:

    kind create cluster --name recorded --kubeconfig recorded.kubeconfig
    kind load docker-image busybox:1.36 --name recorded
    python -m tests.recorded --kubeconfig recorded.kubeconfig

`play` runs a pod on any cluster; `facts` says what of an event is kept, and what of the
order of events is compared.
"""
