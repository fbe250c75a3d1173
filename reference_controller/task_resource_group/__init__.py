"""The TaskResourceGroup machine: rounds in which a task's parties reserve together, or not.

`resources` builds what a group consists of; the texts and phases are the original's
(scheduling.md section 3).
"""
