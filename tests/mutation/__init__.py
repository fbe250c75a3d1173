"""Measures the checks with mutants of the reference controller: `python -m tests.mutation`.

    mutants     finds what can be changed in a module, one small change each
    operators   the kinds of changes
    forks       runs the checks against each mutant, in forks of a process that has collected them
    patched     runs the check of a patch from `tests/miniatures` in the same way, on request
    results     keeps what came of each mutant, and prints the table

A mutant that fails a check is killed. One that passes all of them has survived: then either a check
is missing, or the mutant does what the original does, which `survivors.yaml` explains.
"""
