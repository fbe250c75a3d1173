"""What the real kubectl prints, the same whoever answers it.

    scripts   commands in order, and the files that they are given
    outputs   what was printed when kube-apiserver answered
    files     reading both
    playing   a script played against a server, as text
    normal    the text in words that stay the same from one time to the next

`python -m tests.apiserver.kubectl record` has kube-apiserver answer again.
"""
