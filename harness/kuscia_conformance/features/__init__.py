"""Feature files and what they name: checks, requirements, documents, steps, as plain data.

Comes in: Gherkin and YAML. Goes out: checks, and problems with file and line.

    reader            a feature file, with everything that is wrong with it
    checks            a scenario as a check; the catalogue of requirements
    catalogue         checks and requirements, as `list` and `explain` look them up
    fixture_files     the manifests and documents that a feature names
    step_definitions  the sentences that there are; they are handed in, since steps build on this
    folders           where the suite's own features and fixtures lie
    tasks             the tasks that a feature speaks of without a manifest

It must not know clusters, nor which steps there are.
"""
