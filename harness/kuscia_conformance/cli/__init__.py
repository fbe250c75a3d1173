"""The command `kuscia-conformance`: its options, its output and its exit codes.

Comes in: the words of a command line. Goes out: text on the terminal, and an exit code.

    main          the list of commands; turns errors into messages and exit codes
    commands      one module for each command
    runner        runs pytest for the command `run`
    progress      what `run` shows on the terminal while it runs
    summary       what `run` and `report` show at the end
    output        makes the streams of the process raise no errors
    explanations  the text of `explain`
    scaffold      the files that `new` writes

Other rooms must not know this room. This room must not know how the work is done: it calls the
other rooms.
"""
