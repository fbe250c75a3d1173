"""What a run leaves on disk, and the verdict that follows from it.

Comes in: the checks that are to be decided, what each of them saw and found, and how the run ended.
Goes out: files in the results folder, their content as data again, and a verdict.

    plan      every check that the run has to decide, written before the first check runs
    results   the result of one check, written when the check has been cleaned up
    ending    how the run ended, written last; until then it says that the run was killed
    verdict   one word and one exit code, a pure function of these three
    run       reads these three from a results folder
    shapes    what a JSON file of these has to hold
    files     JSON files that are either complete or absent

    events    writes and reads events.ndjson: every version of every object of a scenario
    record    writes and reads steps.ndjson: each step, its waits, the answers that it got
    tape      what one step asked the cluster, recorded while it runs or played again

Progress, JUnit and report are views of these files: a view that fails changes no verdict. The files
can be published: they hold no tokens, certificates or paths of the machine. This room must not know
pytest, steps, or how a view looks.
"""
