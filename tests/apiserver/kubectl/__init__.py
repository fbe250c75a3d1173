"""Compares what the real kubectl prints for the embedded server and for kube-apiserver.

    scripts   kubectl commands in order, and the files that they read
    outputs   the recorded output of each script against kube-apiserver
    files     reads scripts and outputs
    playing   runs a script against a server and returns its output as text
    normal    replaces the parts of the text that differ from run to run

`python -m tests.apiserver.kubectl record` records the outputs again.
"""
