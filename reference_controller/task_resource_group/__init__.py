"""The TaskResourceGroup machine: the rounds in which the parties of a task reserve together.

In a round each party reserves room for its pods. If enough parties hold their room at the same
time, the group is Reserved and the pods are bound. If not, all parties release their room and wait
for the next round, until the lifecycle is over.

`resources` builds the TaskResources of a group and the patches of its pods. Phases and texts are
those of the original (scheduling.md section 3).
"""
