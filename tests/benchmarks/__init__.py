"""Benchmarks of the reference controller and of the embedded API server.

They are not tests, because times depend on the machine. Each command of
`python -m tests.benchmarks requests|tasks|server|pass` prints its figures as JSON, and exits with
1 if a figure is over its budget.

    requests   counts the API requests of the reference controller for one task
    tasks      times many tasks that are created together
    passes     times a scheduling pass while many tasks wait
    server     compares the embedded API server with kube-apiserver; `servers` starts
               them, `load` sends the requests, `runs` runs the suite
    stage      the cluster, domains and AppImage of `requests` and `tasks`
"""
