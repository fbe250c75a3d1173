"""The results of a run: outcomes of checks, the verdict, and `report.yaml`.

Comes in: pytest's reports about checks. Goes out: outcomes, a verdict with its exit code, and the
report.

    outcome  pass, fail, skip or error of one check
    verdict  one word and one exit code for all results together
    write    `report.yaml`

This room must not know pytest's session, clusters or scenarios. Callers hand in what it needs of
them.
"""
