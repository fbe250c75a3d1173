"""Judges the checks of a run again from its evidence, without a cluster and without pytest.

Comes in: the results of a run, and today's features and documents. Goes out: for each check what
was recorded, what it would be today, and the text of both.

    run        all checks of a results folder, in several processes
    recorded   the outcomes that the run has reported
    judge      one check: executes its looking steps on the recorded history
    rules      the standing rules, by what all scenarios have recorded
    pairing    which recorded step belongs to which step of today
    stage      a `Scenario` whose history, clock and answers are the recorded ones

Steps that act (`Given`, `When`) are not executed: the state that they have left is restored. Steps
that look are the functions of `steps`, so that run and replay judge by the same code. This room
must not know how a run is started.
"""
