"""Recordings of pod statuses that a real kubelet writes, to compare the simulated kubelet with.

`pods/NAME.yaml` has a pod, the actions on it (`do`), and the event that ends the recording
(`until`: parts of an event, or `gone` for the deletion). `seen/NAME.yaml` has the events of a
watch of this pod on a kind cluster: one YAML document per event, normalised by `facts`. To record
them again:

    kind create cluster --name recorded --kubeconfig recorded.kubeconfig
    kind load docker-image busybox:1.36 --name recorded
    python -m tests.recorded --kubeconfig recorded.kubeconfig

`play` runs a pod on any cluster. `facts` selects the parts of an event that are kept and compared.
"""
