"""Shows the results of a run: `report.yaml`, `junit.xml`, and the words and colours for people.

Comes in: the evidence of a run. Goes out: files for readers.

    words     pass, fail, warn, note, error, skip, and when each is said
    document  the content of `report.yaml`; `report.schema.json` is its schema
    junit     `junit.xml`
    views     writes both
    folder    the results folder, and which files in it belong to a run
    outcome   the result of a check, from what pytest says about its phases

This room decides nothing: the verdict comes from `evidence`. It must not know pytest's session,
clusters or scenarios.
"""
