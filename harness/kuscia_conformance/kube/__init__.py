"""Kubernetes as everything here sees it: objects, a client, a clock, and what is Kuscia's.

Comes in: a kubeconfig. Goes out: plain dictionaries. `client` sends requests by a `transport`
(`http` is the usual one), to where `kubeconfig` says. `objects` has resources and questions about
objects, `kuscia` what is Kuscia's own, `placement` what a node has to be for a pod, `yaml` reads
the suite's own files. `world` is time, tasks and watches, handed to what is to run on any clock.
It must not know who uses it.
"""
