"""What the reference controller and the embedded API server cost.

Outside the tests, since what is timed depends on the machine: figures go into a JSON file, and
what has a budget into the exit code of `python -m tests.benchmarks requests|tasks|server`.

`requests` counts what one task costs the reference controller, `tasks` times many; `stage` is where
tasks play. `server` compares the embedded API server with a real one, each started by `servers` and
asked by `load`; `runs` plays the suite on it. `figures` says what comes of it.
"""
