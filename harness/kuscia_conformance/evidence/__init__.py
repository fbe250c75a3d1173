"""The evidence of a run: what each check saw, as files that can be judged again without a cluster.

Comes in: what a scenario saw, asked and did. Goes out: two files for each check, in
`checks/AREA/CHECK/` of the results, and what they contain as data again.

    events.ndjson   every version of every object of the scenario, in the order seen
    steps.ndjson    the scenario, then each step: its text, its waits, the answers that it got

    tape     what one step asked the cluster, recorded while it runs or played again
    events   writes and reads events.ndjson
    record   writes and reads steps.ndjson

The files can be published: they hold no tokens, certificates or paths of the machine. This room
must not know steps, or what is right and wrong about an answer.
"""
