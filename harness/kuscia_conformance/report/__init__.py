"""What a run has come to, as files: plain data in, `report.yaml` out.

Comes in: the results of checks. Goes out: outcomes, a verdict with its exit code, the report.
`outcome` judges what pytest says of one check, `verdict` all results together, `write` writes. It
must not know pytest's session, clusters or scenarios: what it needs of them is handed in.
"""
