"""Measures the checks with mutants of the reference controller: `python -m tests.mutation`.

    mutants     finds what can be changed in a module, one small change each
    operators   the kinds of changes
    definitions finds what can be changed in the definition of KusciaTask
    lines       finds the checks that execute the line of a mutant
    forks       runs the checks against each mutant, in forks of a process that has collected them
    replaced    makes a fork run the mutant instead of the original
    patched     runs the check of a patch from `tests/miniatures` in the same way, on request
    results     keeps what came of each mutant, and prints the table
    search      looks for mutants that break a requirement
    guards      writes which wrong controllers are known to break each requirement

A mutant that fails a check is killed. One that passes all of them has survived: then either a check
is missing, or the mutant does what the original does, which `survivors.yaml` explains.
"""
