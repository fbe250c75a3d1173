"""The command `kuscia-conformance`: what a person types, and what they are shown.

Comes in: words of a command line. Goes out: text on the terminal, and an exit code. `main` has the
commands, a module each in `commands`. `runner` runs pytest for `run`, `progress` shows it,
`explanations` is the text of `explain`, `scaffold` the files of `new`. Other rooms must not know
this one, and it must not know how anything is done: it calls them.
"""
