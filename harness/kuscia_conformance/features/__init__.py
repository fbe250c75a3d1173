"""Feature files as data: checks, requirements, and the documents and steps that features name.

Comes in: Gherkin and YAML. Goes out: checks, and mistakes with file and line.

    reader            reads a feature file, and finds the mistakes in it
    checks            a scenario as a check; the catalogue of requirements
    rules             the standing rules, and which of them a scenario suspends
    catalogue         finds checks and requirements for `list` and `explain`
    selection         chooses checks by their names, tags and paths
    fixture_files     finds the manifests and documents that a feature names
    schemas           which fields and values documents and manifests can have
    step_definitions  finds the step that a sentence calls
    own_steps         loads the steps that an author keeps in conftest.py files
    parsers           parses the suite's steps and their numbers
    table_forms       the form of the table below a step
    giving            what a step gives to its scenario: domains, tasks, pods
    gherkin           the text of a feature file as Gherkin, and what is wrong with it
    comparisons       finds what the Thens of a check compare
    ownership         decides which requirement a mismatch belongs to
    folders           the folders of the suite's own features and fixtures
    tasks             the tasks that a feature describes without a manifest

This room must not know clusters. It must not know which steps exist, either: callers hand the step
definitions in, because the room `steps` builds on this one.
"""
