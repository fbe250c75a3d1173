"""What a run leaves on disk, and the verdict that follows from it.

Comes in: the checks that are to be decided, what each of them found, and how the run ended. Goes
out: files in the results folder, and a verdict.

    plan      every check that the run has to decide, written before the first check runs
    results   the result of one check, written when the check has been cleaned up
    ending    how the run ended, written last; a killed run has none
    verdict   one word and one exit code, a pure function of these three
    files     JSON files that are either complete or absent

Progress, JUnit and report are views of these files: a view that fails changes no verdict. This room
must not know pytest, scenarios or how a view looks.
"""
