"""What the reference controller costs: `python -m tests.benchmarks requests|tasks`.

Outside the tests, since what is timed depends on the machine: figures go into a JSON file, and
what has a budget into its exit code. `stage` is where tasks play, `requests` counts what one
task costs, `tasks` times many, `figures` says what comes of it.
"""
